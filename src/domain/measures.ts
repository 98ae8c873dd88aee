import { attendeeOf } from './attendees'
import type { Activity } from './entities'
import { millisecondsOf } from './clock'
import { localDay, localHour } from './localTime'
import type { Post } from './post'
import { postOf } from './post'
import type { Programme } from './programme'
import { counts } from './standing'
import type { Fact, State } from './state'
import { parseStream } from './stream'
import { checkInsOf, visitsOf } from './visits'

/**
 * The measures of every report, by product.md's definitions: visits, people, headcount, activities and services are
 * kept apart, and units of different services are never summed. Rows are in the order of their keys by code unit, never of size.
 */
export const axes = [
  'day', 'hour', 'district', 'venue', 'zone', 'booth', 'community', 'category', 'strand', 'kind', 'service', 'outcome', 'host',
] as const
export type Axis = (typeof axes)[number]

export interface Measures {
  /** 人次: check-ins that count; within ten minutes of the first of a run the same ticket at the same post is one. */
  visits: number
  /** 人数: distinct tickets with at least one visit. */
  people: number
  /** 无码计数: never added to people. */
  headcount: number
  /** 场次: planned are those not cancelled; held are those of them marked held or with anything recorded at them. */
  activities: { planned: number; held: number; cancelled: number }
  services: { service: string; unit: string; outcome?: string; count: number }[]
}

export interface Summary {
  by: Axis
  total: Measures
  /** The key is empty for what has no place on the axis, so that visits and headcounts of the rows add up to the total. */
  rows: ({ key: string } & Measures)[]
}

export interface Selection {
  by: Axis
  venue?: string
  /** Half-open span of instants in milliseconds; open where left out. */
  from?: number
  to?: number
}

class Tally {
  visits = 0
  people = new Set<string>()
  headcount = 0
  activities = { planned: 0, held: 0, cancelled: 0 }
  services = new Map<string, { service: string; unit: string; outcome?: string; count: number }>()

  addService(service: string, unit: string, outcome: string | undefined, count: number): void {
    const key = `${service}\u0000${outcome ?? ''}`
    const entry = this.services.get(key)
    if (entry) entry.count += count
    else this.services.set(key, { service, unit, outcome, count })
  }

  measures(): Measures {
    const services = [...this.services].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry)
    return { visits: this.visits, people: this.people.size, headcount: this.headcount, activities: this.activities, services }
  }
}

/** Where and when something happened: what an axis reads its key from. */
interface Place {
  milliseconds: number
  venue?: string
  post?: Post
  activity?: Activity
  ticket?: string
  service?: string
  outcome?: string
}

/** Works out a summary. A pure function of the state and the selection: the same on a phone and on the server. */
export function summarise(state: State, programme: Programme, selection: Selection): Summary {
  const { by, venue, from = -Infinity, to = Infinity } = selection
  const timeZone = programme.festival?.timeZone ?? 'UTC'
  const total = new Tally()
  const rows = new Map<string, Tally>()
  const posts = new Map<string, Post | undefined>()
  const postNamed = (id: string) => {
    if (!posts.has(id)) posts.set(id, postOf(programme, id))
    return posts.get(id)
  }
  const keyOf = axisKeys(state, programme, timeZone)[by]
  const add = (place: Place, change: (tally: Tally) => void) => {
    if (place.milliseconds < from || place.milliseconds >= to) return
    const key = keyOf(place) ?? ''
    let row = rows.get(key)
    if (!row) rows.set(key, (row = new Tally()))
    change(row)
    change(total)
  }
  // A post that is no longer in the programme still stands at the venue whose stream it was written to.
  const venueOf = (fact: Fact, post: Post | undefined) => post?.venue ?? parseStream(fact.source.stream)?.venue
  const recordedAt = new Set<string>()

  for (const [id, tickets] of state.checkIns) {
    const post = postNamed(id)
    for (const ticket of tickets.keys()) {
      for (const visit of visitsOf(checkInsOf(state, id, ticket))) {
        const at = venueOf(visit, post)
        if (venue && at !== venue) continue
        recordedAt.add(id)
        add({ milliseconds: millisecondsOf(visit.source.at), venue: at, post, activity: post?.activity, ticket }, (tally) => {
          tally.visits++
          tally.people.add(ticket)
        })
      }
    }
  }
  for (const [id, headcounts] of state.headcounts) {
    const post = postNamed(id)
    for (const fact of headcounts) {
      const at = venueOf(fact, post)
      if ((venue && at !== venue) || !counts(state, fact)) continue
      recordedAt.add(id)
      add({ milliseconds: millisecondsOf(fact.source.at), venue: at, post, activity: post?.activity }, (tally) => { tally.headcount += fact.count })
    }
  }
  const units = new Map(programme.services.map((service) => [service.id, service.unit]))
  for (const [id, records] of state.services) {
    const post = postNamed(id)
    for (const fact of records) {
      const at = venueOf(fact, post)
      if ((venue && at !== venue) || !counts(state, fact)) continue
      recordedAt.add(id)
      const { service, count, ticket } = fact
      // Empty is none: of two writings of one thing the first to arrive must not name the row.
      const outcome = fact.outcome || undefined
      add({ milliseconds: millisecondsOf(fact.source.at), venue: at, post, activity: post?.activity, ticket, service, outcome },
        (tally) => { tally.addService(service, units.get(service) ?? '', outcome, count) })
    }
  }
  for (const activity of programme.activities) {
    if (venue && activity.venue !== venue) continue
    const held = activity.status === 'held' || recordedAt.has(activity.id)
    add({ milliseconds: Date.parse(activity.start), venue: activity.venue, post: postNamed(activity.id), activity }, ({ activities }) => {
      if (activity.status === 'cancelled') activities.cancelled++
      else {
        activities.planned++
        if (held) activities.held++
      }
    })
  }
  return {
    by,
    total: total.measures(),
    rows: [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, tally]) => ({ key, ...tally.measures() })),
  }
}

type KeyOf = (place: Place) => string | null | undefined

/** How each axis reads its key. A new axis is a name above and a line here. */
function axisKeys(state: State, programme: Programme, timeZone: string): Record<Axis, KeyOf> {
  const districts = new Map(programme.venues.map((venue) => [venue.id, venue.district]))
  const communities = new Set(programme.venues.filter(({ kind }) => kind === 'community').map(({ id }) => id))
  const hosts = new Map(programme.booths.map((booth) => [booth.id, booth.host]))
  return {
    day: ({ milliseconds }) => localDay(milliseconds, timeZone),
    hour: ({ milliseconds }) => localHour(milliseconds, timeZone),
    district: ({ venue }) => venue && districts.get(venue),
    venue: ({ venue }) => venue,
    zone: ({ post }) => post?.zone,
    booth: ({ post }) => post?.booth,
    // Whose event it was, else at whose place; only at a common one is it who came.
    community: ({ activity, venue, ticket }) => activity?.community ?? (venue && communities.has(venue) ? venue : ticket && attendeeOf(state, ticket)?.community),
    category: ({ activity }) => activity?.category,
    strand: ({ activity }) => activity?.strand,
    kind: ({ activity }) => activity?.kind,
    service: ({ service }) => service,
    outcome: ({ outcome }) => outcome,
    host: ({ post, activity }) => activity?.host ?? (post?.booth ? hosts.get(post.booth) : undefined),
  }
}
