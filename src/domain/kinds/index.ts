import * as v from 'valibot'
import type { Operation } from '../operation'
import { parseStream } from '../stream'
import { attendee, attendeeForget } from './attendee'
import { checkin } from './checkin'
import { headcount } from './headcount'
import type { Kind } from './kind'
import { lease, leaseReturn } from './lease'
import { put, remove } from './put'
import { deviceRevoke, ticketRevoke } from './revoke'
import { service } from './service'
import { voiding } from './void'

/** Every kind this version knows. A new kind is a file beside this one and a line here. */
const kinds: ReadonlyMap<string, Kind> = new Map(
  [put, remove, attendee, attendeeForget, checkin, headcount, service, voiding, ticketRevoke, deviceRevoke, lease, leaseReturn]
    .map((kind) => [kind.name, kind]),
)

export type BodyCheck =
  | { ok: true; known: true; kind: Kind; body: unknown }
  /** Of a kind this version does not know: stored, passed on, ignored. */
  | { ok: true; known: false }
  | { ok: false; detail: string }

/** Checks an operation against its kind. The detail says for a programmer what is wrong; it quotes no value. */
export function checkBody(operation: Pick<Operation, 'stream' | 'kind' | 'body'>): BodyCheck {
  const kind = kinds.get(operation.kind)
  if (!kind) return { ok: true, known: false }
  const streamClass = parseStream(operation.stream)?.class
  if (!streamClass || !kind.streams.includes(streamClass)) {
    return { ok: false, detail: `${kind.name} does not belong in ${operation.stream}` }
  }
  const result = v.safeParse(kind.schema, operation.body)
  if (result.success) return { ok: true, known: true, kind, body: result.output }
  const [issue] = result.issues
  return { ok: false, detail: `${kind.name} body, ${v.getDotPath(issue) ?? 'itself'}: expected ${issue.expected ?? 'another value'}` }
}
