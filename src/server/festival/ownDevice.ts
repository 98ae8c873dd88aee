import { makeDeviceId } from '../access/secrets'
import type { Log, Transaction } from '../log/log'
import { makePrivateKey, publicKeyOf } from './keys'

/** What the server's own device is: its id, and its private key as JWK. */
export interface OwnIdentity {
  device: string
  deviceKey: string
}

export async function makeOwnIdentity(): Promise<OwnIdentity> {
  return { device: makeDeviceId(), deviceKey: await makePrivateKey() }
}

/** From now on the server writes as this device. @param now milliseconds */
export async function becomeOwn(transaction: Transaction, { device, deviceKey }: OwnIdentity, now: number): Promise<void> {
  await transaction.setMeta('device', device)
  await transaction.setMeta('deviceKey', deviceKey)
  await transaction.addDevice({
    device, key: publicKeyOf(deviceKey), name: '服务器', role: 'organiser', venue: null, label: '', invite: null, tokenHash: null, joined: now,
  })
}

/**
 * A log that was put back is another log, and its server another incarnation: what it said after the copy was made is on phones already, under numbers
 * that it would take again. So it goes on as another device, like a phone that was restored.
 * @param now milliseconds
 */
export async function beginEpoch(log: Log, epoch: string, now: number): Promise<void> {
  const own = await makeOwnIdentity()
  await log.write(async (transaction) => {
    await transaction.setMeta('epoch', epoch)
    await becomeOwn(transaction, own, now)
  })
}
