import type { StreamName, TicketId, WrittenOperation } from '../../domain/operation'
import { parseStream } from '../../domain/stream'
import type { Transaction } from '../log/log'

/** Kinds of a roster that are about one person; an unknown one in a roster is about nobody we know. */
const aboutPeople = new Set(['attendee', 'attendee.forget'])

/** Whom an operation is about, where that is what erasure looks for. */
export function ticketOf(stream: StreamName, kind: string, body: unknown): TicketId | null {
  if (body === null || !aboutPeople.has(kind) || parseStream(stream)?.class !== 'roster') return null
  return (body as { ticket: TicketId }).ticket
}

/**
 * Whether the phone that wrote it has blanked it already. It brings it so to a log that was restored from a time before it; there it keeps its
 * place as everywhere else.
 */
export function isErased({ stream, kind, body }: Pick<WrittenOperation, 'stream' | 'kind' | 'body'>): boolean {
  return body === null && kind === 'attendee' && parseStream(stream)?.class === 'roster'
}

/**
 * Erasure: an `attendee.forget` blanks what its stream says of the ticket's holder, now and when it comes later. The operation keeps its place
 * as `(device, n)`, and its SHA-256.
 *
 * What a revoked phone writes counts nowhere, so it can't erase either: erasing is the one thing that can't be taken back.
 *
 * @param tickets whom something was just stored about
 * @param how at a hub `relayed`: what is not upstream yet must go there as it was signed, and is blanked when it has
 */
export async function eraseForgotten(
  transaction: Transaction, stream: StreamName, tickets: ReadonlySet<TicketId>, how: 'all' | 'relayed',
): Promise<void> {
  if (tickets.size === 0) return
  for (const ticket of await transaction.forgotten(stream, [...tickets])) await transaction.erase(stream, ticket, how)
}
