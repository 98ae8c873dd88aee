import { attendeeOf } from '../domain/attendees'
import { operationId, type Operation } from '../domain/operation'
import { postOf } from '../domain/post'
import { stands } from '../domain/standing'
import type { CheckIn } from '../domain/state'
import { precededBy } from '../domain/visits'
import type { RecentCheckIn } from './api'
import type { Memory } from './memory'

/** The latest check-ins written on this phone, newest first, each with what has become of it. */
export function recentCheckIns(memory: Memory, limit: number): RecentCheckIn[] {
  const { identity } = memory
  if (!identity) return []
  const latest = memory.ownOf(identity.device).filter(({ kind, body }) => kind === 'checkin' && body !== null).slice(-limit).reverse()
  memory.wonder(latest.map(({ body }) => (body as Pick<CheckIn, 'ticket'>).ticket))
  return latest.map((operation) => standingNow(memory, operation))
}

function standingNow(memory: Memory, operation: Operation): RecentCheckIn {
  const { state } = memory
  const body = operation.body as Pick<CheckIn, 'post' | 'ticket'>
  const { ticket } = body
  const attendee = attendeeOf(state, ticket)
  const fact = state.checkIns.get(body.post)?.get(ticket)?.find(({ source }) => operationId(source) === operationId(operation))
  if (!fact) return { operation, ticket, attendee, standing: 'quarantined' }
  if (!stands(state, fact)) return { operation, ticket, attendee, standing: 'voided' }
  const programme = memory.programme()
  const post = postOf(programme, body.post)
  const first = post && programme.festival && precededBy(state, fact, post.rule, programme.festival.timeZone)
  return { operation, ticket, attendee, standing: first ? 'repeat' : 'stands', first }
}
