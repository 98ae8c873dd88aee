import { Hono } from 'hono'
import { needsVenue } from '../../domain/role'
import { inviteRequestSchema } from '../../protocol/join'
import { inviteLink, makeInvite } from '../access/invites'
import { Refusal } from '../refusal'
import { only, venueFor, withDevice } from './auth'
import { readJson } from './body'
import type { Env, Services } from './context'
import { passOn } from './passOn'

/** Where no end is named: long enough to reach the volunteers of a shift, short enough to be of no use after the festival. */
const week = 7 * 24 * 60 * 60_000

/** What a lead may invite: people for the own venue, and nobody who could do what the lead may not. */
const invitedByLead = new Set(['volunteer', 'host', 'visitor'])

export function inviteRoutes(services: Services) {
  const { log, hub, plan, publicUrl, now } = services
  return new Hono<Env>().post('/', withDevice(services), only('organiser', 'lead'), async (c) => {
    if (hub) return passOn(c, hub)
    const asker = c.get('device')
    const { role, venue: asked, label, uses, expires: end } = await readJson(c, inviteRequestSchema)
    if (asker.role === 'lead' && !invitedByLead.has(role)) throw new Refusal('role-not-allowed', `a lead may not invite a ${role}`)
    const venue = needsVenue(role) ? venueFor(asker, asked) : undefined
    if (needsVenue(role)) {
      await plan.refresh()
      if (!plan.programme().venues.some(({ id }) => id === venue)) throw new Refusal('malformed-request', 'venue: expected the id of a venue')
    }
    const expires = end == null ? now() + week : typeof end === 'number' ? end : Date.parse(end)
    const code = await makeInvite(log, { role, venue, label, uses, expires })
    return c.json({ code, link: inviteLink(publicUrl ?? new URL(c.req.url).origin, code), role, venue, label, uses, expires }, 201)
  })
}
