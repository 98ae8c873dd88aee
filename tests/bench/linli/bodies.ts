import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { maxOperations } from '../../../src/protocol/limits'
import type { SyncRequest } from '../../../src/protocol/sync'
import type { Phone } from '../../server/phone'

const pack = promisify(gzip)

/** As the phone's own: below that nothing is packed. */
const worthPacking = 1024

/** A request as a phone sends it: JSON, packed unless it is short. */
export interface Body {
  bytes: Uint8Array<ArrayBuffer>
  isPacked: boolean
  operations: number
  /** Bytes unpacked. */
  length: number
}

/** Requests that bring what a phone has written from `from` on, as full as the protocol allows. */
export async function bodiesOf(phone: Phone, from = 1): Promise<Body[]> {
  const bodies: Body[] = []
  for (let first = from; first <= phone.outbox.length; first += maxOperations) {
    const batch = await phone.batch(first, Math.min(first + maxOperations - 1, phone.outbox.length))
    const request: SyncRequest = { v: 1, epoch: null, batches: [batch] }
    bodies.push(await bodyOf(request, batch.ops.length))
  }
  return bodies
}

export async function bodyOf(request: SyncRequest, operations: number): Promise<Body> {
  const json = Buffer.from(JSON.stringify(request))
  const isPacked = json.length > worthPacking
  return { bytes: new Uint8Array(isPacked ? await pack(json) : json), isPacked, operations, length: json.length }
}

export function headersOf(phone: Phone, { isPacked }: Pick<Body, 'isPacked'>): Record<string, string> {
  const headers = { 'Authorization': `Bearer ${phone.identity.token}`, 'Content-Type': 'application/json' }
  return isPacked ? { ...headers, 'Content-Encoding': 'gzip' } : headers
}

/** Sends one. */
export async function send(phone: Phone, body: Body): Promise<Response> {
  const response = await fetch(`${phone.origin}/api/sync`, { method: 'POST', headers: headersOf(phone, body), body: body.bytes })
  if (!response.ok) throw new Error(`sync: ${response.status} ${await response.text()}`)
  return response
}
