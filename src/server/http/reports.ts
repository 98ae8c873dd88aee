import { Hono } from 'hono'
import * as v from 'valibot'
import { axes } from '../../domain/measures'
import { report } from '../reports/summary'
import { Refusal } from '../refusal'
import { only, venueFor, withDevice } from './auth'
import type { Env, Services } from './context'

/** A `+` in an address that was not escaped arrives as a space. */
const instant = v.pipe(v.string(), v.transform((text) => text.replace(/ (?=\d\d:\d\d$)/, '+')), v.isoTimestamp())
const localDate = v.pipe(v.string(), v.isoDate(), v.check((text) => new Date(text).toJSON()?.startsWith(text), 'a day of the calendar'))
/** As phones exchange it. */
const milliseconds = v.pipe(v.string(), v.regex(/^\d{12,14}$/), v.transform((text) => new Date(Number(text)).toISOString()))
const moment = v.optional(v.union([localDate, instant, milliseconds]))
const query = v.object({ venue: v.optional(v.string()), from: moment, to: moment, by: v.optional(v.picklist(axes), 'day') })

export function reportRoutes(services: Services) {
  const { log, record, presence, now } = services
  return new Hono<Env>()
    .use(withDevice(services), only('organiser', 'lead'))
    .get('/summary', async (c) => {
      const asked = v.safeParse(query, c.req.query())
      if (!asked.success) {
        const [issue] = asked.issues
        throw new Refusal('malformed-request', `${v.getDotPath(issue) ?? 'query'}: expected ${issue.expected ?? 'a date or an instant'}`)
      }
      const venue = venueFor(c.get('device'), asked.output.venue)
      await presence.flush()
      return c.json(await report(record, await log.devices(), { ...asked.output, venue }, now()))
    })
}
