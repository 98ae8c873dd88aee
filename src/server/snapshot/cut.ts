import type { TicketId } from '../../domain/operation'
import { encodeCrockford } from '../../protocol/crockford'

/** What is said of one ticket's holder. */
export interface AboutTicket {
  ticket: TicketId
  /** The operation as a page writes it. */
  text: string
}

export interface Range {
  /** The first ticket that belongs here, by code unit; the empty string where there is nothing before. */
  from: string
  rows: AboutTicket[]
}

/** Tickets are numbers of 40 bits, and Crockford's characters are in the order of their code units. */
const ticketBits = 40

/**
 * Cuts a roster by ticket: a range with more than `most` rows is halved, by the next bit. Tickets are random, so ranges fill evenly; and what is
 * added later changes the ranges it falls in and no other.
 * @param rows in the order of the stream; those of one ticket stay in it
 */
export function* cutByTicket(rows: readonly AboutTicket[], most: number, low = 0, bits = ticketBits): Generator<Range> {
  if (rows.length === 0) return
  if (rows.length <= most || bits === 0) {
    yield { from: low === 0 ? '' : ticketAt(low), rows: [...rows].sort((a, b) => (a.ticket < b.ticket ? -1 : a.ticket > b.ticket ? 1 : 0)) }
    return
  }
  const middle = low + 2 ** (bits - 1)
  const from = ticketAt(middle)
  yield* cutByTicket(rows.filter(({ ticket }) => ticket < from), most, low, bits - 1)
  yield* cutByTicket(rows.filter(({ ticket }) => ticket >= from), most, middle, bits - 1)
}

function ticketAt(number: number): TicketId {
  const bytes = new DataView(new ArrayBuffer(ticketBits / 8))
  bytes.setUint8(0, Math.floor(number / 2 ** 32))
  bytes.setUint32(1, number % 2 ** 32)
  return encodeCrockford(new Uint8Array(bytes.buffer))
}

/** Cuts what stands in an order: what is added later leaves all pages but the last as they are. */
export function* cutInOrder<T>(rows: readonly T[], most: number): Generator<readonly T[]> {
  for (let start = 0; start < rows.length; start += most) yield rows.slice(start, start + most)
}
