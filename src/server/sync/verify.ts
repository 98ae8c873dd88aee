import { hash } from 'node:crypto'
import type { DeviceId } from '../../domain/operation'
import type { Batch } from '../../protocol/batch'
import { verifyCanonicalBatch } from '../../protocol/batch'
import { canonicalJson } from '../../protocol/canonical'
import { importPublicKey } from '../../protocol/signature'
import type { Reads } from '../log/log'
import { Refusal } from '../refusal'

/** A batch whose signature holds; its operations may still be anything. */
export interface CheckedBatch {
  device: DeviceId
  from: number
  sig: string
  ops: CheckedOperation[]
}

export interface CheckedOperation {
  value: unknown
  /** Canonical JSON: what is signed, measured and hashed. */
  text: string
  /** SHA-256 of `text`: a resend is known by it for ever, also when the body was erased. */
  hash: Uint8Array
}

/** A batch as a request brings it. */
export type BroughtBatch = Omit<Batch, 'ops'> & { ops: readonly unknown[] }

export function checkedOperation(value: unknown): CheckedOperation {
  const text = canonicalJson(value)
  return { value, text, hash: hash('sha256', text, 'buffer') }
}

/** Checks who signed what, before any transaction: WebCrypto does it on other threads. */
export class Verifier {
  private readonly festival: string
  /** A device's key never changes, so it is made ready once. */
  private readonly keys = new Map<DeviceId, CryptoKey>()

  /** @param festival the id that batches sign */
  constructor(festival: string) {
    this.festival = festival
  }

  /** @throws Refusal `unknown-device`, `bad-signature`, or `malformed-request` for what can't be written as canonical JSON */
  async verify(log: Reads, batches: readonly BroughtBatch[]): Promise<CheckedBatch[]> {
    await this.learnKeys(log, batches)
    return Promise.all(batches.map((batch) => this.verifyOne(batch)))
  }

  private async verifyOne({ device, from, ops, sig }: BroughtBatch): Promise<CheckedBatch> {
    const checked = checkAll(ops)
    const key = this.keys.get(device)
    if (!key) throw new Refusal('unknown-device', `no device ${device} has joined here`, { device })
    const texts = checked.map(({ text }) => text)
    if (!await verifyCanonicalBatch(key, this.festival, { device, from, texts, sig })) {
      throw new Refusal('bad-signature', `batch of ${device} from ${from}: not signed by its key for festival ${this.festival}`, { device, from })
    }
    return { device, from, sig, ops: checked }
  }

  private async learnKeys(log: Reads, batches: readonly BroughtBatch[]): Promise<void> {
    const missing = [...new Set(batches.map(({ device }) => device))].filter((device) => !this.keys.has(device))
    if (missing.length === 0) return
    for (const { device, key } of await log.devices(missing)) this.keys.set(device, await importPublicKey(key))
  }
}

function checkAll(ops: readonly unknown[]): CheckedOperation[] {
  try {
    return ops.map(checkedOperation)
  } catch {
    // Nested deeper than the stack, or a number such as 1e999: no device could have signed it either.
    throw new Refusal('malformed-request', 'an operation can not be written as canonical JSON')
  }
}
