import { attendeeOf, isForgotten, isRevoked } from './attendees'
import type { TicketId } from './operation'
import { compareSources, operationId } from './operation'
import { programmeOf } from './programme'
import type { Fact, State } from './state'
import { counts } from './standing'

const byCodeUnit = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

function standing<F extends Fact>(facts: Iterable<F>, keep: (fact: F) => boolean) {
  return [...facts].filter(keep)
    .sort((a, b) => compareSources(a.source, b.source))
    .map(({ source, ...what }) => ({ ...what, op: operationId(source), at: source.at }))
}

/**
 * Everything that a state says, as plain JSON in one fixed order. Replicas that hold the same operations have the
 * same (protocol.md, "What must always hold", 4); hash its canonical JSON to compare them.
 */
export function digestOf(state: State) {
  const counting = (fact: Fact) => counts(state, fact)
  const tickets = (facts: Map<TicketId, unknown>) => [...facts.keys()].sort(byCodeUnit)
  return {
    programme: programmeOf(state),
    attendees: tickets(state.attendees).map((ticket) => attendeeOf(state, ticket)).filter((attendee) => attendee !== undefined),
    forgotten: tickets(state.forgotten).filter((ticket) => isForgotten(state, ticket)),
    revokedTickets: tickets(state.ticketRevocations).filter((ticket) => isRevoked(state, ticket)),
    revokedDevices: [...state.cuts].sort(([a], [b]) => byCodeUnit(a, b)),
    checkIns: standing([...state.checkIns.values()].flatMap((posts) => [...posts.values()].flat()), counting),
    headcounts: standing([...state.headcounts.values()].flat(), counting),
    leases: standing([...state.leases.values()].flat(), counting),
    leaseReturns: standing([...state.leaseReturns.values()].flat(), counting),
    services: standing([...state.services.values()].flat(), counting),
  }
}
