import type { DeviceId, WrittenOperation } from '../domain/operation'
import { decodeBase64Url, encodeBase64Url } from './base64url'
import { canonicalJson } from './canonical'
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

/** What is signed, put together from operations that are canonical JSON already. */
function signedBytes(festival: string, { device, from, texts }: { device: string; from: number; texts: readonly string[] }): Uint8Array<ArrayBuffer> {
  const [d, f] = [canonicalJson(device), canonicalJson(festival)]
  return new TextEncoder().encode(`{"device":${d},"festival":${f},"from":${from},"ops":[${texts.join(',')}]}`)
}

/** @param festival the festival's id, as the server said it when joining */
export async function signBatch(key: CryptoKey, festival: string, batch: Omit<Batch, 'sig'>): Promise<Batch> {
  const { device, from, ops } = batch
  return { ...batch, sig: encodeBase64Url(await sign(key, signedBytes(festival, { device, from, texts: ops.map(canonicalJson) }))) }
}

/** Whether the device of this public key signed exactly this. Operations may be anything: they are judged one by one later. */
export async function verifyBatch(
  key: CryptoKey,
  festival: string,
  { device, from, ops, sig }: { device: string; from: number; ops: readonly unknown[]; sig: string },
): Promise<boolean> {
  return verifyCanonicalBatch(key, festival, { device, from, texts: ops.map(canonicalJson), sig })
}

/** The same, for who needs each operation's canonical JSON for something else too: a server hashes and measures it. */
export async function verifyCanonicalBatch(
  key: CryptoKey,
  festival: string,
  { device, from, texts, sig }: { device: string; from: number; texts: readonly string[]; sig: string },
): Promise<boolean> {
  const signature = decodeBase64Url(sig)
  if (signature?.length !== 64) return false
  return verify(key, signature, signedBytes(festival, { device, from, texts }))
}
