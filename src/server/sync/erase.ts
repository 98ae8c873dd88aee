import type { DeviceId, StreamName, TicketId, WrittenOperation } from '../../domain/operation'
import { parseStream } from '../../domain/stream'
import type { DeviceRecord, NewOperation, Transaction } from '../log/log'

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
 */
export async function eraseForgotten(
  transaction: Transaction,
  stream: StreamName,
  operations: NewOperation[],
  devices: ReadonlyMap<DeviceId, DeviceRecord>,
): Promise<void> {
  const about = operations.filter(({ ticket }) => ticket !== null)
  if (about.length === 0) return
  const forgotten = await transaction.forgotten(stream, [...new Set(about.map(({ ticket }) => ticket ?? ''))])
  for (const { kind, ticket, device, n } of about) {
    const after = devices.get(device)?.revokedAfter ?? Infinity
    if (kind !== 'attendee.forget' || n > after || ticket === null || forgotten.has(ticket)) continue
    forgotten.add(ticket)
    await transaction.erase(stream, ticket)
  }
  for (const operation of about) {
    if (operation.kind !== 'attendee' || !forgotten.has(operation.ticket ?? '')) continue
    operation.body = null
    operation.extra = null
  }
}
