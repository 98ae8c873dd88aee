import type { EntityType } from '../../domain/kinds/put'
import source from './sample.json'
import { outcomeWords, zoneWords } from './sampleWords'

/**
 * The sample: Beijing's 5th Community Neighbour Festival, 20-28 May 2023, from sample.json. Each record there is marked `seed` (stated in the
 * news report) or `illustrative` (made up so that the product can be run); the marks go with every value made here. Names of
 * fields become those of domain/entities.ts, ids stay, and what has no field there is kept under its own name.
 */
export interface SampleEntity {
  type: EntityType
  id: string
  value: Record<string, unknown>
}

type Fields = Record<string, unknown>

export const sampleFestivalId = source.festival.id
export const sampleFestivalNumber = 20230520
export const sampleVenue = 'v-main'
/** Days of the festival, counted from the first. */
export const sampleLastDay = 8

/** The fields that are called something else here. */
const fieldNames: Readonly<Record<string, string>> = {
  zh: 'name', theme_zh: 'name', host_kind_zh: 'hostName', parent_id: 'parent', venue_id: 'venue', hub_venue_id: 'venue', remote_venue_id: 'remote',
  zone_id: 'zone', booth_id: 'booth', district_id: 'district', community_id: 'community', activity_id: 'activity', kind_id: 'kind', part_id: 'category',
  craft_id: 'craft', link_site_id: 'linkSite', service_ids: 'services', checkin_point: 'checkIn', planned_start: 'start', planned_end: 'end',
}

function nameOf(field: string): string {
  return fieldNames[field] ?? field.replace(/_zh$/, '').replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
}

/** A mark names a field, sometimes with a remark behind it: `capacity(about)`, `start.date`. */
function nameOfMark(mark: string): string {
  const [field = '', ...rest] = mark.split(/(?=[.( ])/)
  return nameOf(field) + rest.join('')
}

/** A record with its fields renamed and its marks kept; `zh` and `en` become one `name`, `place_zh` a `place` with its words. */
function renamed(record: Fields, extra: Fields = {}): Fields {
  const { zh, en, seed_fields: seedFields, illustrative_fields: illustrativeFields, ...fields } = record
  const value: Fields = {}
  for (const [field, content] of Object.entries(fields)) {
    value[nameOf(field)] = field.endsWith('_zh') && typeof content === 'string' ? words(content) : content
  }
  if (zh !== undefined) value.name = words(zh, en)
  if (Array.isArray(seedFields)) value.seedFields = seedFields.map(nameOfMark)
  if (Array.isArray(illustrativeFields)) value.illustrativeFields = illustrativeFields.map(nameOfMark)
  return { ...value, ...extra }
}

function words(zh: unknown, en?: unknown): Fields {
  return en === undefined || en === null ? { zh } : { zh, en }
}

function entity(type: EntityType, { id, ...value }: Fields): SampleEntity {
  return { type, id: String(id), value: { id, ...value } }
}

/** Everything of the programme, in an order in which what is referred to comes first. */
export function sampleProgramme(): SampleEntity[] {
  const { venues, communities, zones, booths, service_catalogue: services, organisers, cohosts, activities, rolling_activities: rolling, link_sessions: links } = source
  return [
    entity('festival', festival()),
    ...venues.map((record) => entity('venue', renamed(record))),
    ...communities.map((record) => entity('venue', renamed(record, { kind: 'community', parent: source.rolling_programme.venue_id }))),
    ...zones.map((record) => entity('zone', zone(record))),
    ...services.map((record) => entity('service', service(record))),
    ...organisers.map((record) => entity('host', renamed(record))),
    ...cohosts.items.map(({ kind_zh: zh, ...record }) => entity('host', renamed({ ...record, zh, kind: 'cohost' }))),
    ...booths.map((record) => entity('booth', renamed(record))),
    ...activities.map((record) => entity('activity', activity(record))),
    ...rolling.map((record) => entity('activity', renamed(record))),
    ...links.map((record) => entity('link', renamed(record))),
  ]
}

function festival(): Fields {
  const {
    name_zh: zh, name_en: en, theme_zh: themeZh, theme_en: themeEn, start_date: firstDay, end_date: lastDay, strands, parts, ...fields
  } = source.festival
  return renamed({ ...fields, zh, en }, {
    number: sampleFestivalNumber, sample: true, firstDay, lastDay, timeZone: source.meta.timezone, theme: words(themeZh, themeEn),
    // What the report does not state, beside what is marked on the records themselves.
    illustrativeFields: ['number', 'sample'],
    sourceLegend: source.meta.source_legend,
    strands: strands.map((record) => renamed(record)),
    categories: parts.map((record) => renamed(record)),
    districts: source.districts.map((record) => renamed(record)),
    activityKinds: source.activity_kinds.map((record) => renamed(record)),
    crafts: source.crafts.map((record) => renamed(record)),
    stampCard: renamed(source.stamp_card),
    rollingProgramme: renamed(source.rolling_programme),
    cohosts: { count: source.cohosts.count, source: source.cohosts.count_source },
    facts: source.facts.map((record) => renamed(record)),
  })
}

/** A zone is a colour, a shape and a word; the word is ours, because the report names only the colours. */
function zone(record: (typeof source.zones)[number]): Fields {
  const { theme_zh: zh, theme_en: en, colour_en: colour, ...fields } = record
  const { illustrative_fields: illustrative = [] } = record as { illustrative_fields?: string[] }
  const word = zoneWords[record.id]
  return renamed({ ...fields, zh, en, ...(word && { word, illustrative_fields: [...illustrative, 'word'] }) }, { colour: colour?.toLowerCase() ?? null })
}

function service({ unit_zh: unit, outcomes, ...record }: (typeof source.service_catalogue)[number]): Fields {
  return renamed(record, { unit, outcomes: outcomes.map((id) => ({ id, name: outcomeWords[id] ?? { zh: id } })) })
}

/** At least this long, without a place to reserve, and one may come at any moment. */
const dropInSpan = 3 * 60 * 60_000
const freelyEntered = new Set(['walk_in', 'queue', 'none'])

function activity({ visibility, signup, ...record }: (typeof source.activities)[number]): Fields {
  const long = Date.parse(record.end) - Date.parse(record.start) >= dropInSpan
  return renamed(record, {
    signup: signup.replace('_', '-'),
    ...(signup === 'invite' && { groups: [record.id] }),
    ...(long && freelyEntered.has(signup) && { dropIn: true }),
    ...(visibility === 'staff_only' && { staffOnly: true }),
  })
}

/** People of the sample: coded by names of plants, phone tails made up. */
export const sampleAttendees = source.sample_attendees
