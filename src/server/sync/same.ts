import { hash } from 'node:crypto'
import type { DeviceId, WrittenOperation } from '../../domain/operation'
import { canonicalJson } from '../../protocol/canonical'
import type { StoredContent, Transaction } from '../log/log'
import { isErased } from './erase'
import { storedBody } from './judge'
import type { CheckedOperation } from './verify'

/**
 * Whether an operation is what is here under its number already. Blanking makes no other content of it: a phone may have blanked what we have
 * whole, and a hub may bring whole what the phone has brought us blank.
 * @param known SHA-256 of what is here; null where upstream told of it and nobody has signed it yet, so that only the content can be compared
 */
export async function isSame(
  transaction: Transaction, device: DeviceId, n: number, { value, text, hash: sent }: CheckedOperation, known: Uint8Array | null,
): Promise<boolean> {
  if (known && (equal(sent, known) || equal(hashOfBlank(value), known))) return true
  const blank = isOperation(value) && isErased(value)
  if (known && !blank) return false
  const stored = await transaction.content(device, n)
  return stored !== undefined && agrees(stored, value, text, blank)
}

function agrees(stored: StoredContent, sent: unknown, text: string, blank: boolean): boolean {
  if ('aside' in stored) {
    const before = stored.aside === null ? undefined : JSON.parse(stored.aside) as unknown
    return stored.aside === null || stored.aside === text || (blank && isOperation(before) && canonicalJson({ ...before, body: null }) === text)
  }
  if (!isOperation(sent) || stored.stream !== sent.stream || stored.at !== sent.at || stored.kind !== sent.kind) return false
  return blank || isErased({ ...sent, body: stored.body }) || stored.body === storedBody(sent.body)
}

function hashOfBlank(value: unknown): Uint8Array | undefined {
  if (!isOperation(value) || !isErased({ ...value, body: null })) return undefined
  return hash('sha256', canonicalJson({ ...value, body: null }), 'buffer')
}

function equal(one: Uint8Array | undefined, other: Uint8Array): boolean {
  return one !== undefined && Buffer.compare(one, other) === 0
}

/** Whatever was signed, it need not be an operation. */
export function isOperation(value: unknown): value is WrittenOperation {
  return typeof value === 'object' && value !== null && 'stream' in value && typeof value.stream === 'string'
}
