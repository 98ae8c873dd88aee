import type { Ticket, TicketReading } from '../domain/ticket'
import { decodeBase45, encodeBase45 } from './base45'
import { decodeCrockford, encodeCrockford } from './crockford'
import { sign, verify } from './signature'

/**
 * The text in a ticket's QR: `LL` and the base45 of 77 bytes.
 *
 *   0       version (high 4 bits) and key id       10      kind (high 4 bits) and party size
 *   1-4     festival number, big-endian            11, 12  first and last valid day
 *   5-9     ticket id, 40 bits                     13-76   signature over bytes 0-12
 */
const prefix = 'LL'
const version = 1
const signedLength = 13
const length = 77

/** What a phone holds to read tickets with. */
export interface TicketReader {
  /** The festival's number. */
  festival: number
  /** Public keys by key id. */
  keys: ReadonlyMap<number, CryptoKey>
}

/**
 * Reads and checks a code in the order of protocol.md; the first failure is named.
 * `ticket` comes with `unknown-key` and `bad-signature` too, where its id may still help a person decide.
 */
export async function readTicket(text: string, reader: TicketReader): Promise<TicketReading> {
  if (!text.startsWith(prefix)) return { ok: false, code: 'not-a-ticket' }
  const bytes = decodeBase45(text.slice(prefix.length))
  if (bytes?.length !== length) return { ok: false, code: 'malformed' }
  if ((bytes[0] ?? 0) >> 4 !== version) return { ok: false, code: 'unknown-version' }
  const ticket = unpack(bytes)
  if (!isSound(ticket)) return { ok: false, code: 'malformed' }
  if (ticket.festival !== reader.festival) return { ok: false, code: 'other-festival' }
  const key = reader.keys.get(ticket.key)
  if (!key) return { ok: false, code: 'unknown-key', ticket }
  const holds = await verify(key, bytes.slice(signedLength), bytes.slice(0, signedLength))
  return holds ? { ok: true, ticket } : { ok: false, code: 'bad-signature', ticket }
}

/**
 * Signs a ticket with the festival's private key of id `ticket.key`; returns the text for its QR.
 * @throws RangeError when a field is outside what its bits hold, or no phone would accept it
 */
export async function writeTicket(ticket: Ticket, key: CryptoKey): Promise<string> {
  const signed = pack(ticket)
  const kept = unpack(signed)
  for (const field of ['id', 'festival', 'key', 'kind', 'party', 'from', 'until'] as const) {
    if (kept[field] !== ticket[field]) throw new RangeError(`a ticket's ${field} can't be ${ticket[field]}`)
  }
  if (!isSound(ticket)) throw new RangeError('a ticket for nobody, or ending before it begins')
  const bytes = new Uint8Array(length)
  bytes.set(signed)
  bytes.set(await sign(key, signed), signedLength)
  return prefix + encodeBase45(bytes)
}

function isSound({ party, from, until }: Ticket): boolean {
  return party > 0 && from <= until
}

function unpack(bytes: Uint8Array): Ticket {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  return {
    id: encodeCrockford(bytes.subarray(5, 10)),
    festival: view.getUint32(1),
    key: view.getUint8(0) & 15,
    kind: view.getUint8(10) >> 4,
    party: view.getUint8(10) & 15,
    from: view.getUint8(11),
    until: view.getUint8(12),
  }
}

function pack(ticket: Ticket): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(signedLength)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, (version << 4) | ticket.key)
  view.setUint32(1, ticket.festival)
  bytes.set(decodeCrockford(ticket.id).subarray(0, 5), 5)
  view.setUint8(10, (ticket.kind << 4) | ticket.party)
  view.setUint8(11, ticket.from)
  view.setUint8(12, ticket.until)
  return bytes
}
