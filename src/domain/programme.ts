import * as v from 'valibot'
import type { Activity, Booth, Festival, Host, Link, Notice, ServiceKind, Venue, Zone } from './entities'
import { entitySchemas } from './entities'
import type { EntityType } from './kinds/put'
import { compareSources } from './operation'
import { stands } from './standing'
import type { Put, State } from './state'

/** The festival as it is planned now: what residents read, and what posts and reports refer to. */
export interface Programme {
  festival?: Festival
  venues: Venue[]
  zones: Zone[]
  booths: Booth[]
  activities: Activity[]
  services: ServiceKind[]
  links: Link[]
  notices: Notice[]
  hosts: Host[]
}

/** The venue a value stands at: its own for a venue, the one it names for what is in one. */
function venueOf(put: Put): string | undefined {
  if (put.type === 'venue') return put.id
  const venue = put.value?.venue
  return typeof venue === 'string' ? venue : undefined
}

/**
 * The value in force of one thing, by the last writer. A lead's writing counts only for what stands at the venue it
 * names: where the organiser put the thing, or, for a thing no organiser ever wrote, where its first writer put it.
 */
function currentValue(state: State, puts: readonly Put[]): Put['value'] {
  const standing = puts.filter((put) => stands(state, put)).sort((a, b) => compareSources(a.source, b.source))
  const organisers = standing.filter((put) => put.venue === undefined)
  const placed = organisers.findLast((put) => put.value) ?? standing.find((put) => put.value)
  const home = placed && venueOf(placed)
  const inForce = standing.findLast((put) =>
    put.venue === undefined || (put.venue === home && (!put.value || venueOf(put) === home)))
  return inForce?.value
}

/** The programme in force. Things are in the order of their ids, by code unit. */
export function programmeOf(state: State): Programme {
  const found: Record<EntityType, unknown[]> = {
    festival: [], venue: [], zone: [], booth: [], activity: [], service: [], link: [], notice: [], host: [],
  }
  for (const [, puts] of [...state.puts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [first] = puts
    const value = currentValue(state, puts)
    if (!first || !value) continue
    const type = first.type as EntityType
    const read = v.safeParse(entitySchemas[type], { ...value, id: first.id })
    if (read.success) found[type].push(read.output)
  }
  return {
    festival: found.festival[0] as Festival | undefined,
    venues: found.venue as Venue[],
    zones: found.zone as Zone[],
    booths: found.booth as Booth[],
    activities: found.activity as Activity[],
    services: found.service as ServiceKind[],
    links: found.link as Link[],
    notices: found.notice as Notice[],
    hosts: found.host as Host[],
  }
}

/** What residents may read: without what is for staff alone. */
export function publishedProgramme(programme: Programme): Programme {
  return { ...programme, activities: programme.activities.filter((activity) => !activity.staffOnly) }
}
