import type { DeviceId, WrittenOperation } from '../domain/operation'
import { decodeBase64Url, encodeBase64Url } from './base64url'
import { canonicalBytes } from './canonical'
import { sign, verify } from './signature'

/**
 * Operations of one device in a row, signed by it. A batch carries itself: whoever brings it (the phone, a hub, another
 * phone, a file) is a courier and can change nothing.
 */
export interface Batch {
  device: DeviceId
  /** `n` of the first operation. */
  from: number
  ops: WrittenOperation[]
  /** ECDSA P-256 / SHA-256, base64url of 64 bytes, over the canonical JSON of `{ device, festival, from, ops }`. */
  sig: string
}

function signedBytes(festival: string, { device, from, ops }: { device: string; from: number; ops: readonly unknown[] }): Uint8Array<ArrayBuffer> {
  return canonicalBytes({ device, festival, from, ops })
}

/** @param festival the festival's id, as the server said it when joining */
export async function signBatch(key: CryptoKey, festival: string, batch: Omit<Batch, 'sig'>): Promise<Batch> {
  return { ...batch, sig: encodeBase64Url(await sign(key, signedBytes(festival, batch))) }
}

/** Whether the device of this public key signed exactly this. Operations may be anything: they are judged one by one later. */
export async function verifyBatch(
  key: CryptoKey,
  festival: string,
  batch: { device: string; from: number; ops: readonly unknown[]; sig: string },
): Promise<boolean> {
  const signature = decodeBase64Url(batch.sig)
  if (signature?.length !== 64) return false
  return verify(key, signature, signedBytes(festival, batch))
}
