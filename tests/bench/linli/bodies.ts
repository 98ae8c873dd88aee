import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { maxOperations } from '../../../src/protocol/limits'
import type { SyncRequest } from '../../../src/protocol/sync'
import type { Phone } from '../../server/phone'

const pack = promisify(gzip)

/** A request as a phone sends it: JSON, packed. */
export interface Body {
  packed: Uint8Array<ArrayBuffer>
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
  return { packed: new Uint8Array(await pack(json)), operations, length: json.length }
}

/** Sends one, and returns the answer's bytes as they came and unpacked. */
export async function send(phone: Phone, { packed }: Pick<Body, 'packed'>): Promise<Response> {
  const response = await fetch(`${phone.origin}/api/sync`, {
    method: 'POST',
    headers: { 'Authorization': `Bearer ${phone.identity.token}`, 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' },
    body: packed,
  })
  if (!response.ok) throw new Error(`sync: ${response.status} ${await response.text()}`)
  return response
}
