import type { Ticket, TicketFault } from '../../src/domain/ticket'
import { importPublicKey } from '../../src/protocol/signature'
import type { TicketReader } from '../../src/protocol/ticket'
import { readTicket } from '../../src/protocol/ticket'
import file from './ticket-vectors.json'

/**
 * The project's ticket vectors, for every engine that reads tickets: this module knows no test runner, so that a browser's
 * page can be given it as well as Node.
 */

/** What a vector is read as: the ticket, or the code of what is wrong. */
export type Outcome = Ticket | TicketFault

export interface TicketCase {
  name: string
  expected: Outcome
  read: Outcome
}

interface Vector {
  name: string
  text: string
  ticket?: Ticket
  code?: string
}

/** The festival's number and keys that the vectors are for. */
export async function vectorReader(): Promise<TicketReader> {
  const keys = await Promise.all(file.keys.map(async ({ id, key }) => [id, await importPublicKey(key)] as const))
  return { festival: 20230520, keys: new Map(keys) }
}

/** Reads every vector with this engine's WebCrypto; all is well when `read` equals `expected` in each. */
export async function readVectors(): Promise<TicketCase[]> {
  const reader = await vectorReader()
  return Promise.all(file.vectors.map(async ({ name, text, ticket, code }: Vector) => {
    const reading = await readTicket(text, reader)
    return { name, expected: ticket ?? code as TicketFault, read: reading.ok ? reading.ticket : reading.code }
  }))
}
