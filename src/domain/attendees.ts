import type { TicketId } from './operation'
import { compareSources } from './operation'
import { isCut, stands } from './standing'
import type { AttendeeFields, State } from './state'

export interface Attendee extends AttendeeFields {
  ticket: TicketId
}

/** What the roster knows of a ticket; undefined when nothing, or when it was forgotten. */
export function attendeeOf(state: State, ticket: TicketId): Attendee | undefined {
  if (isForgotten(state, ticket)) return undefined
  const writes = (state.attendees.get(ticket) ?? []).filter((write) => stands(state, write))
  if (writes.length === 0) return undefined
  writes.sort((a, b) => compareSources(a.source, b.source))
  return Object.assign({ ticket }, ...writes.map((write) => write.fields)) as Attendee
}

/** Forgetting can't be voided: bodies are blanked by it, and a replica that has blanked them could not follow. */
export function isForgotten(state: State, ticket: TicketId): boolean {
  return (state.forgotten.get(ticket) ?? []).some((fact) => !isCut(state, fact.source))
}

export function isRevoked(state: State, ticket: TicketId): boolean {
  return (state.ticketRevocations.get(ticket) ?? []).some((fact) => stands(state, fact))
}
