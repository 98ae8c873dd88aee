import { attendeeOf, isRevoked } from './attendees'
import type { Attendee } from './attendees'
import type { Festival } from './entities'
import { dayOfFestival, festivalTime } from './festivalDay'
import type { TicketId } from './operation'
import type { Room } from './lease'
import type { Post } from './post'
import type { CheckIn, CheckInWay, State } from './state'
import type { Ticket, TicketFault, TicketReading } from './ticket'
import { ticketKinds } from './ticket'
import { checkInsOf, repeatOf } from './visits'

/** What came in: a code that was read, or an id somebody typed or picked. */
export type Scan =
  | { by: CheckInWay; reading: TicketReading }
  | { by: CheckInWay; id: TicketId }

export type RefusalReason = TicketFault | 'revoked' | 'not-today' | 'not-invited' | 'no-place'

export type Verdict =
  | { kind: 'admitted'; ticket: TicketId; attendee?: Attendee }
  | { kind: 'unverified'; ticket: TicketId }
  | { kind: 'repeat'; ticket: TicketId; first: CheckIn; attendee?: Attendee }
  /** `ticket` is there when its id could be read: then a person may decide to admit anyway. */
  | { kind: 'refused'; reason: RefusalReason; ticket?: TicketId; validDays?: { from: number; until: number }; room?: Room }

/** Faults after which the id in the code still means something, so that a person may decide. */
const mayDecide: ReadonlySet<TicketFault> = new Set(['unknown-key', 'bad-signature'])

/** A ticket of these kinds is an invitation by itself. */
const invitedKinds: ReadonlySet<number> = new Set(
  (['invited', 'volunteer', 'host'] as const).map((kind) => ticketKinds.indexOf(kind)),
)

/**
 * The verdict on one scan, from what this phone holds and nothing else. First match wins (product.md, "A scan and its verdict").
 *
 * `no-place` is asked after `repeat`, although it is among the refusals: whoever is here already has a place, and must not be told that there is none.
 * @param now corrected time in milliseconds
 * @param room what this phone may still give away at a post with a capacity: `roomAt`
 */
export function judge(state: State, festival: Festival, post: Post, scan: Scan, now: number, room?: Room): Verdict {
  const read = 'reading' in scan ? scan.reading : undefined
  if (read && !read.ok) {
    return { kind: 'refused', reason: read.code, ticket: mayDecide.has(read.code) ? read.ticket?.id : undefined }
  }
  const signed = read?.ticket
  const ticket = 'id' in scan ? scan.id : scan.reading.ticket?.id ?? ''
  const attendee = attendeeOf(state, ticket)

  if (isRevoked(state, ticket)) return { kind: 'refused', reason: 'revoked', ticket }
  if (signed && !validOn(signed, dayOfFestival(festivalTime(now, festival), festival))) {
    return { kind: 'refused', reason: 'not-today', ticket, validDays: { from: signed.from, until: signed.until } }
  }
  if (post.inviteOnly && !isInvited(post, signed, attendee)) return { kind: 'refused', reason: 'not-invited', ticket }

  const first = repeatOf(checkInsOf(state, post.id, ticket), now, post.rule, festival.timeZone)
  if (first) return { kind: 'repeat', ticket, first, attendee }
  if (room?.left === 0) return { kind: 'refused', reason: 'no-place', ticket, room }
  if (!signed && !attendee) return { kind: 'unverified', ticket }
  return { kind: 'admitted', ticket, attendee }
}

function validOn(ticket: Ticket, day: number): boolean {
  return ticket.from <= day && day <= ticket.until
}

function isInvited(post: Post, ticket: Ticket | undefined, attendee: Attendee | undefined): boolean {
  if (ticket && invitedKinds.has(ticket.kind)) return true
  return attendee?.group !== undefined && post.groups.includes(attendee.group)
}
