import type { Context } from 'hono'
import { Hono } from 'hono'
import * as v from 'valibot'
import { grantsOf } from '../../domain/role'
import type { JoinResponse } from '../../protocol/join'
import { joinRequestSchema, joinResponseSchema } from '../../protocol/join'
import { importPublicKey } from '../../protocol/signature'
import type { PublicKey } from '../../protocol/signature'
import { join } from '../access/join'
import { hashOf } from '../access/secrets'
import type { Hub } from '../hub/hub'
import { Refusal } from '../refusal'
import { readJson } from './body'
import type { Services } from './context'
import { passOn } from './passOn'

export function joinRoutes(services: Services) {
  const { log, hub, plan, festival: id, keys, now } = services
  return new Hono().post('/', async (c) => {
    const { code, name, key } = await readJson(c, joinRequestSchema)
    await checkKey(key)
    if (hub) return joinAtHub(c, hub, { code, name, key }, services)
    await plan.refresh()
    const { festival } = plan.programme()
    if (!festival) throw new Refusal('not-ready', 'no festival has been set up')
    const { device, token, role, venue } = await join(log, code, name, key, now())
    const { number, name: { zh }, firstDay, lastDay, timeZone } = festival
    const joined: JoinResponse = {
      device, token, role, venue, streams: grantsOf(role, venue ?? undefined).read,
      festival: { id, number, name: zh, firstDay, lastDay, timeZone },
      ticketKeys: keys.public,
      epoch: services.epoch, now: now(),
    }
    return c.json(joined, 201)
  })
}

/** The city takes the invite; what it answers is kept, so that the phone is known here at once. */
async function joinAtHub(c: Context, hub: Hub, asked: { code: string; name: string; key: PublicKey }, { epoch, now }: Pick<Services, 'epoch' | 'now'>): Promise<Response> {
  const response = await passOn(c, hub, JSON.stringify(asked))
  const answer = v.safeParse(joinResponseSchema, await response.clone().json().catch(() => undefined))
  if (response.status !== 201 || !answer.success) return response
  const { device, token, role, venue } = answer.output
  await hub.meet({ device, key: asked.key, name: asked.name, role, venue: venue ?? null, label: '', tokenHash: hashOf(token), joined: now() })
  return c.json({ ...answer.output, epoch, now: now() }, 201)
}

/** A key that no signature can ever fit must not use up an invite. */
async function checkKey(key: PublicKey): Promise<void> {
  await importPublicKey(key).catch(() => {
    throw new Refusal('malformed-request', 'key: expected a point of P-256')
  })
}
