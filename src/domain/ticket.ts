import type { TicketId } from './operation'

/** What a ticket says, once it has been read. protocol/ticket.ts reads and signs. */
export interface Ticket {
  id: TicketId
  festival: number
  /** Key id, 0-15. */
  key: number
  kind: number
  /** How many people come with it, 1-15. */
  party: number
  /** First and last valid day, counted from the festival's first day. */
  from: number
  until: number
}

/** Kinds of ticket, by their number in the code. */
export const ticketKinds = ['resident', 'family', 'invited', 'volunteer', 'host', 'guest'] as const

/** Why a text is not an accepted ticket, in the order in which it is checked. */
export const ticketFaults = [
  'not-a-ticket', 'malformed', 'unknown-version', 'other-festival', 'unknown-key', 'bad-signature',
] as const
export type TicketFault = (typeof ticketFaults)[number]

/** A ticket whose signature holds, or the first thing that is wrong, with what could be read so far. */
export type TicketReading = { ok: true; ticket: Ticket } | { ok: false; code: TicketFault; ticket?: Ticket }
