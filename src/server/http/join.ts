import { Hono } from 'hono'
import { grantsOf } from '../../domain/role'
import type { JoinResponse } from '../../protocol/join'
import { joinRequestSchema } from '../../protocol/join'
import { importPublicKey } from '../../protocol/signature'
import type { PublicKey } from '../../protocol/signature'
import { join } from '../access/join'
import { Refusal } from '../refusal'
import { readJson } from './body'
import type { Services } from './context'

export function joinRoutes({ log, plan, epoch, festival: id, keys, now }: Services) {
  return new Hono().post('/', async (c) => {
    const { code, name, key } = await readJson(c, joinRequestSchema)
    await checkKey(key)
    await plan.refresh()
    const { festival } = plan.programme()
    if (!festival) throw new Refusal('not-ready', 'no festival has been set up')
    const { device, token, role, venue } = await join(log, code, name, key, now())
    const { number, name: { zh }, firstDay, lastDay, timeZone } = festival
    const joined: JoinResponse = {
      device, token, role, venue, streams: grantsOf(role, venue ?? undefined).read,
      festival: { id, number, name: zh, firstDay, lastDay, timeZone },
      ticketKeys: keys.public,
      epoch, now: now(),
    }
    return c.json(joined, 201)
  })
}

/** A key that no signature can ever fit must not use up an invite. */
async function checkKey(key: PublicKey): Promise<void> {
  await importPublicKey(key).catch(() => {
    throw new Refusal('malformed-request', 'key: expected a point of P-256')
  })
}
