import type { PublicKey } from '../../protocol/signature'
import type { DeviceRecord, Log, Transaction } from '../log/log'
import { Refusal } from '../refusal'
import { hashOf, makeDeviceId, readInviteCode, tokenOf } from './secrets'

/** Time in which a phone that never heard the answer may ask again with the same key and code, without using the invite up. */
const secondTry = 10 * 60_000

export interface Joined {
  device: string
  token: string
  role: DeviceRecord['role']
  venue: string | null
}

/**
 * Turns an invite into a device.
 * @throws Refusal `invite-unknown`, `invite-used`, `invite-expired`
 */
export async function join(log: Log, typedCode: string, name: string, key: PublicKey, now: number): Promise<Joined> {
  const code = readInviteCode(typedCode)
  if (code === undefined) throw new Refusal('invite-unknown', 'not a code of 16 Crockford characters')
  const codeHash = hashOf(code)
  return log.write(async (transaction) => {
    const invite = await transaction.lockInvite(codeHash)
    if (!invite) throw new Refusal('invite-unknown', 'no such invite')
    const { role, venue, label } = invite

    const serverKey = await transaction.meta('deviceKey')
    if (serverKey === undefined) throw new Error('the log has no deviceKey')
    const before = await transaction.deviceOfInvite(codeHash, key)
    if (before && mayAskAgain(before, now)) return { device: before.device, token: tokenOf(before.device, code, serverKey), role, venue }
    await takeUse(transaction, codeHash, invite.expires, now)
    const device = makeDeviceId()
    const token = tokenOf(device, code, serverKey)
    await transaction.addDevice({ device, key, name, role, venue, label, invite: codeHash, tokenHash: hashOf(token), joined: now })
    return { device, token, role, venue }
  })
}

/** The answer got lost on the way: nothing was written yet, and it is the same phone, because it has the same key. */
function mayAskAgain({ accepted, joined, revokedAfter }: DeviceRecord, now: number): boolean {
  return accepted === 0 && revokedAfter === null && now - joined < secondTry
}

async function takeUse(transaction: Transaction, codeHash: string, expires: number, now: number): Promise<void> {
  if (await transaction.useInvite(codeHash, now)) return
  if (expires <= now) throw new Refusal('invite-expired', `ended at ${new Date(expires).toISOString()}`)
  throw new Refusal('invite-used', 'no use left')
}
