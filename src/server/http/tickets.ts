import { Hono } from 'hono'
import * as v from 'valibot'
import { attendeeOf } from '../../domain/attendees'
import { daysBetween } from '../../domain/localTime'
import type { TicketId } from '../../domain/operation'
import { rosterOf } from '../../domain/stream'
import { ticketKinds } from '../../domain/ticket'
import { printedTicket } from '../festival/ticketSheet'
import { signTicket } from '../festival/tickets'
import type { DeviceRecord } from '../log/log'
import { Refusal } from '../refusal'
import { only, withDevice } from './auth'
import { readJson } from './body'
import type { Env, Services } from './context'
import { passOn } from './passOn'

/** Tickets in one request, and in one page of the list: more than anybody prints at once. */
const most = 1_000

const day = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(255))
const order = v.object({
  count: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(most)),
  kind: v.optional(v.picklist(ticketKinds), 'resident'),
  party: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(15)), 1),
  /** Days counted from the festival's first; all of them when left out. */
  from: v.optional(day, 0),
  until: v.nullish(day),
})
const page = v.object({
  after: v.optional(v.pipe(v.string(), v.toNumber(), v.safeInteger(), v.minValue(0)), '0'),
  limit: v.optional(v.pipe(v.string(), v.toNumber(), v.safeInteger(), v.minValue(1), v.maxValue(most)), String(most)),
})

export function ticketRoutes(services: Services) {
  const { log, hub, plan, record, keys: { signing } } = services

  /** A lead is told the names of the own venue's roster only. */
  const aliasOf = ({ role, venue }: DeviceRecord, ticket: TicketId) => {
    const written = record.state.attendees.get(ticket) ?? []
    if (role !== 'organiser' && !written.some(({ source }) => source.stream === rosterOf(venue ?? ''))) return undefined
    return attendeeOf(record.state, ticket)?.alias
  }

  return new Hono<Env>()
    .use(withDevice(services), only('organiser', 'lead'))
    // The key that signs them is the city's, and so is the list.
    .use(async (c, next) => hub ? passOn(c, hub) : next())
    .post('/', async (c) => {
      const { count, kind, party, from, until: last } = await readJson(c, order)
      await plan.refresh()
      const { festival } = plan.programme()
      if (!festival || !signing) throw new Refusal('not-ready', 'no festival has been set up')
      const until = last ?? Math.min(daysBetween(festival.firstDay, festival.lastDay), 255)
      if (until < from) throw new Refusal('malformed-request', 'until: expected a day not before from')
      const terms = { kind: ticketKinds.indexOf(kind), party, from, until }
      const tickets = await Promise.all(Array.from({ length: count }, () => signTicket(signing, festival.number, terms)))
      const numbered = await log.write((transaction) => transaction.addTickets(tickets))
      return c.json({ tickets: numbered.map((ticket) => printedTicket(ticket, undefined)) }, 201)
    })
    .get('/', async (c) => {
      const query = v.safeParse(page, c.req.query())
      if (!query.success) throw new Refusal('malformed-request', 'after, limit: expected whole numbers')
      const { after, limit } = query.output
      const tickets = await log.tickets(after, limit + 1)
      await record.refresh()
      return c.json({
        tickets: tickets.slice(0, limit).map((ticket) => printedTicket(ticket, aliasOf(c.get('device'), ticket.id))),
        more: tickets.length > limit,
      })
    })
}
