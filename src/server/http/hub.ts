import { Hono } from 'hono'
import * as v from 'valibot'
import type { HubDirectory } from '../hub/directory'
import { Refusal } from '../refusal'
import { only, withDevice } from './auth'
import type { Env, Services } from './context'

const query = v.object({ since: v.optional(v.pipe(v.string(), v.regex(/^\d{1,16}$/), v.transform(Number)), '0') })

/**
 * What a hub asks of the city: everybody's key and the hash of the token (256 random bits: it reveals nothing), because any phone of the
 * festival may come to the park. What devices are called a lead's hub hears of the own venue and of the organisers.
 */
export function hubRoutes(services: Services) {
  const { log, hub } = services
  return new Hono<Env>().get('/devices', withDevice(services), only('organiser', 'lead'), async (c) => {
    if (hub) throw new Refusal('not-found', 'this is a hub itself; a hub’s upstream is the city’s server')
    const asked = v.safeParse(query, c.req.query())
    if (!asked.success) throw new Refusal('malformed-request', 'since: expected milliseconds')
    const { role, venue } = c.get('device')
    const devices = await log.hub.joinedSince(asked.output.since)
    const directory: HubDirectory = {
      epoch: services.epoch,
      devices: devices.map(({ tokenHash, device, key, name, role: one, venue: at, label, joined, accepted, frozen }) => {
        const isOwn = role === 'organiser' || at === null || at === venue
        return { device, key, name: isOwn ? name : '', role: one, venue: at, label: isOwn ? label : '', token: tokenHash, joined, accepted, frozen }
      }),
    }
    return c.json(directory)
  })
}
