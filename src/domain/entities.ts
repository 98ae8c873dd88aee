import * as v from 'valibot'
import type { EntityType } from './kinds/put'
import { isTimeZone } from './localTime'

/**
 * What the values in a programme look like. Values are written by organisers and by other programs, so reading is
 * kind: fields not named here are kept, and a value without what is named here is left out of the view, not of the log.
 */

/** Chinese first, English where somebody wrote it. */
const words = v.looseObject({ zh: v.string(), en: v.optional(v.string()) })
export type Words = v.InferOutput<typeof words>

/** `seed`: stated by the news report the sample was made from. `illustrative`: made up so that it can be run. */
const source = v.optional(v.picklist(['seed', 'illustrative']))
const id = v.string()
/** Engines differ over 30 February: one rolls it on, another refuses it, and their programmes would differ. */
const isInCalendar = (text: string) => {
  const day = text.slice(0, 10)
  const milliseconds = Date.parse(`${day}T00:00:00Z`)
  return !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString().startsWith(day)
}
const localDate = v.pipe(v.string(), v.isoDate(), v.check(isInCalendar, 'a day of the calendar'))
/** ISO 8601 with its offset: `2023-05-20T09:00:00+08:00`. Without one it would be another moment on every phone. */
const instant = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/),
  v.check(isInCalendar, 'a day of the calendar'),
)
/** An IANA zone: one that this engine doesn't know would make every day and hour throw. */
const timeZone = v.pipe(v.string(), v.check(isTimeZone, 'an IANA time zone'))
const named = v.looseObject({ id, name: words })
const optionalId = v.nullish(id)
const ids = v.optional(v.array(id), [])
const grid = v.nullish(v.array(v.number()))

export const zoneColours = ['red', 'orange', 'green', 'gold', 'blue'] as const
/** How often one ticket is admitted at one post. */
export const postRules = ['once', 'daily', 'visit'] as const
const rule = v.nullish(v.picklist(postRules))

const festival = v.looseObject({
  id, name: words, number: v.pipe(v.number(), v.safeInteger()),
  firstDay: localDate, lastDay: localDate, timeZone,
  /** A sample to be tried, not a record of what happened; every screen says so. */
  sample: v.optional(v.boolean(), false),
  edition: v.optional(v.number()), theme: v.optional(words),
  districts: v.optional(v.array(named), []), categories: v.optional(v.array(named), []),
  strands: v.optional(v.array(named), []),
  activityKinds: v.optional(v.array(v.looseObject({ id, name: words, category: optionalId })), []),
  source,
})
const venue = v.looseObject({
  id, name: words, parent: optionalId, kind: v.optional(v.string(), 'venue'), district: optionalId,
  place: v.nullish(words), open: v.nullish(v.array(localDate)), grid: v.nullish(v.unknown()), source,
})
const zone = v.looseObject({
  id, venue: id, name: words, word: v.nullish(words), order: v.optional(v.number(), 0),
  colour: v.nullish(v.picklist(zoneColours)), grid, source,
})
const booth = v.looseObject({
  id, venue: id, zone: optionalId, name: words, services: ids, host: optionalId, hostName: v.nullish(words),
  checkIn: v.optional(v.boolean(), true), rule, grid, source,
})
const activity = v.looseObject({
  id, venue: id, zone: optionalId, booth: optionalId, name: words, start: instant, end: instant,
  kind: optionalId, category: optionalId, strand: optionalId, community: optionalId, host: optionalId, parent: optionalId,
  capacity: v.nullish(v.number()), signup: v.optional(v.string(), 'walk-in'),
  /** Roster groups that an activity by invitation lets in. */
  groups: ids,
  /** Come at any moment between start and end. */
  dropIn: v.optional(v.boolean(), false), staffOnly: v.optional(v.boolean(), false),
  status: v.optional(v.picklist(['planned', 'held', 'cancelled']), 'planned'),
  rule, services: ids, revision: v.optional(v.number(), 1), source,
})
const service = v.looseObject({
  id, name: words, unit: v.string(), group: v.nullish(words),
  outcomes: v.optional(v.array(named), []),
  privacy: v.optional(v.picklist(['public', 'normal', 'sensitive', 'restricted']), 'normal'), source,
})
const link = v.looseObject({ id, venue: optionalId, source })
const notice = v.looseObject({ id, venue: optionalId, source })
const host = v.looseObject({ id, name: words, source })

export const entitySchemas = { festival, venue, zone, booth, activity, service, link, notice, host } satisfies Record<EntityType, v.GenericSchema>

export type Festival = v.InferOutput<typeof festival>
export type Venue = v.InferOutput<typeof venue>
export type Zone = v.InferOutput<typeof zone>
export type ZoneColour = (typeof zoneColours)[number]
export type PostRule = (typeof postRules)[number]
export type Booth = v.InferOutput<typeof booth>
export type Activity = v.InferOutput<typeof activity>
export type ServiceKind = v.InferOutput<typeof service>
export type Link = v.InferOutput<typeof link>
export type Notice = v.InferOutput<typeof notice>
export type Host = v.InferOutput<typeof host>
