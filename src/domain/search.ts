import type { Words } from './entities'
import type { Programme } from './programme'
import type { Entry } from './schedule'

/** A separator that no query contains, so that a match never spans two fields. */
const fieldEnd = '\n'

/**
 * Text as it is compared: full-width as half-width (`ＡＢＣ１` is `abc1`), one case, and without spaces and punctuation, which nobody
 * types as they were printed: `拉家常议事会` finds `“拉家常”议事会`.
 */
export function foldText(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/[\s\p{P}\p{S}]+/gu, '')
}

/** What is searched, by the id of the activity. Made once for a programme: 2,000 activities take some milliseconds. */
export type SearchIndex = ReadonlyMap<string, string>

/** Titles, places, what it is and what is given there; in both languages. */
export function searchIndex(entries: readonly Entry[], programme: Programme): SearchIndex {
  const venues = new Map(programme.venues.map((venue) => [venue.id, venue]))
  const services = new Map(programme.services.map((service) => [service.id, service]))
  const named = new Map([
    ...(programme.festival?.categories ?? []), ...(programme.festival?.strands ?? []),
    ...(programme.festival?.activityKinds ?? []), ...(programme.festival?.districts ?? []),
    ...programme.hosts,
  ].map((thing) => [thing.id, thing.name]))
  return new Map(entries.map(({ activity, venue, zone, booth }) => {
    const given = [...activity.services, ...(booth?.services ?? [])].map((id) => services.get(id))
    const words: (Words | null | undefined)[] = [
      activity.name, venue?.name, venue?.place, venues.get(activity.community ?? '')?.name, zone?.name, zone?.word, booth?.name, booth?.hostName,
      ...given.flatMap((service) => [service?.name, service?.group]),
      ...[activity.kind, activity.category, activity.strand, activity.host, venue?.district].map((id) => named.get(id ?? '')),
    ]
    return [activity.id, words.flatMap((entry) => [entry?.zh, entry?.en]).map((text) => foldText(text ?? '')).join(fieldEnd)]
  }))
}

/** The entries that hold every word of the query somewhere, in the order given. A query without a letter or digit finds all. */
export function searchEntries(entries: readonly Entry[], index: SearchIndex, query: string): Entry[] {
  const terms = query.split(/\s+/u).map(foldText).filter((term) => term !== '')
  if (terms.length === 0) return [...entries]
  return entries.filter(({ activity }) => {
    const text = index.get(activity.id) ?? ''
    return terms.every((term) => text.includes(term))
  })
}
