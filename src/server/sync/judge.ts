import { checkBody } from '../../domain/kinds'
import type { WrittenOperation } from '../../domain/operation'
import { grantsOf, writesOwnVenueOnly } from '../../domain/role'
import { grantCovers } from '../../domain/stream'
import { canonicalJson } from '../../protocol/canonical'
import { maxOperationBytes } from '../../protocol/limits'
import type { QuarantineCode } from '../../protocol/sync'
import type { DeviceRecord } from '../log/log'
import { isErased } from './erase'
import type { CheckedOperation } from './verify'

interface Content {
  operation: WrittenOperation
  body: string | null
  extra: string | null
}

export type Judgement =
  | { stored: true } & Content
  | { stored: false; code: QuarantineCode; detail: string }

/** A name that any engine and any terminal can hold: no control characters, no half of a surrogate pair. */
const plainName = /^[^\p{Cc}\p{Cs}]{1,200}$/u

/**
 * Whether one operation is stored or put aside. The grounds are the protocol's three and no others; late, revoked, over capacity
 * or with an odd clock is stored, and the fold decides. First the size, then the shape, the grant, and the body.
 */
export function judge({ value, text }: CheckedOperation, writer: DeviceRecord): Judgement {
  const bytes = Buffer.byteLength(text)
  if (bytes > maxOperationBytes) return aside('too-large', `${bytes} bytes, at most ${maxOperationBytes}`)

  const fault = faultOfShape(value)
  if (fault) return aside('malformed', fault)
  const content = contentOf(value as WrittenOperation)
  const { operation } = content

  if (!mayWrite(writer, operation)) return aside('stream-not-granted', `${writer.role} may not write this to ${operation.stream}`)
  const check = checkBody(operation)
  if (!check.ok && !isErased(operation)) return aside('malformed', check.detail)
  return { stored: true, ...content }
}

/** An operation as the log keeps it: its body as JSON, and apart what this version doesn't know of. */
export function contentOf({ at, stream, kind, body, ...unknown }: WrittenOperation): Content {
  return {
    operation: { at, stream, kind, body }, body: storedBody(body),
    extra: Object.keys(unknown).length > 0 ? canonicalJson(unknown) : null,
  }
}

export function storedBody(body: unknown): string | null {
  return body === null ? null : canonicalJson(body)
}

function aside(code: QuarantineCode, detail: string): Judgement {
  return { stored: false, code, detail }
}

function faultOfShape(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'an operation is an object'
  const { at, stream, kind } = value as Record<string, unknown>
  if (typeof at !== 'number' || !Number.isSafeInteger(at) || at < 0) return 'at: expected a clock value, a whole number'
  if (typeof stream !== 'string' || !plainName.test(stream)) return 'stream: expected a name'
  if (typeof kind !== 'string' || !plainName.test(kind)) return 'kind: expected a name'
  if (!('body' in value)) return 'body: missing'
  return undefined
}

function mayWrite(writer: DeviceRecord, { stream, kind, body }: WrittenOperation): boolean {
  const { write } = grantsOf(writer.role, writer.venue ?? undefined)
  if (!write.some((grant) => grantCovers(grant, stream))) return false
  if (stream !== 'programme' || !writesOwnVenueOnly(writer.role)) return true
  const { venue, device } = (body ?? {}) as { venue?: unknown; device?: unknown }
  // A void names no venue; a lead may take back what the own phone wrote, and nobody else's.
  return kind === 'void' ? device === writer.device : venue === writer.venue
}
