import { attendeeOf } from './attendees'
import { compareSources, operationId } from './operation'
import { programmeOf } from './programme'
import type { Fact, State } from './state'
import { counts, stands } from './standing'

const byCodeUnit = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

function standing<F extends Fact>(facts: Iterable<F>, keep: (fact: F) => boolean) {
  return [...facts].filter(keep)
    .sort((a, b) => compareSources(a.source, b.source))
    .map(({ source, ...what }) => ({ ...what, op: operationId(source), at: source.at }))
}

/**
 * Everything that a state says, as plain JSON in one fixed order. Two replicas hold the same operations exactly
 * when this is the same (protocol.md, "What must always hold", 4); hash its canonical JSON to compare them.
 */
export function digestOf(state: State): unknown {
  const counting = (fact: Fact) => counts(state, fact)
  const tickets = [...state.attendees.keys()].sort(byCodeUnit)
  const standingKeys = (facts: Map<string, Fact[]>) =>
    [...facts].filter(([, list]) => list.some((fact) => stands(state, fact))).map(([key]) => key).sort(byCodeUnit)
  return {
    programme: programmeOf(state),
    attendees: tickets.map((ticket) => attendeeOf(state, ticket)).filter((attendee) => attendee !== undefined),
    forgotten: standingKeys(state.forgotten),
    revokedTickets: standingKeys(state.ticketRevocations),
    revokedDevices: [...state.cuts].sort(([a], [b]) => byCodeUnit(a, b)),
    checkIns: standing([...state.checkIns.values()].flatMap((posts) => [...posts.values()].flat()), counting),
    headcounts: standing([...state.headcounts.values()].flat(), counting),
    services: standing([...state.services.values()].flat(), counting),
  }
}
