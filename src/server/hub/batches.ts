import { hash } from 'node:crypto'
import type { DeviceId } from '../../domain/operation'
import { canonicalJson } from '../../protocol/canonical'
import { maxOperations, maxRequestBytes } from '../../protocol/limits'
import type { SignedOperation } from '../log/hub'
import type { BatchRecord, Reads } from '../log/log'

/** What a request holds besides its batches. */
const envelope = 1_024

/** A batch as it travels: its JSON, put together from operations that are JSON already. */
export interface SignedBatch {
  device: DeviceId
  from: number
  until: number
  count: number
  json: string
}

/**
 * The batches that take a device from `n` to the end of what is here, as they were signed. Batches may overlap (a phone whose answer got lost
 * sends again, and more); of those that follow on, the one that goes furthest is taken.
 * @returns `whole`: they reach the end. They don't where something was blanked that upstream had, and has no more: it was set back
 */
export async function batchesFrom(log: Reads, device: DeviceId, n: number, accepted: number): Promise<{ batches: SignedBatch[]; whole: boolean }> {
  const batches: SignedBatch[] = []
  const stored = await log.hub.batchesAbove(device, n)
  let reached = n
  while (reached < accepted && !isFull(batches)) {
    const record = furthest(stored, reached)
    const batch = record && await rebuild(log, record)
    if (!batch) return { batches, whole: false }
    batches.push(batch)
    reached = batch.until
  }
  return { batches, whole: true }
}

/** As many as one request may hold, and at least one: a single one came in a request. */
export function fitting(batches: readonly SignedBatch[]): SignedBatch[] {
  let bytes = envelope
  let operations = 0
  const fit = batches.findIndex(({ json, count }, index) => {
    bytes += Buffer.byteLength(json) + 1
    operations += count
    return index > 0 && (bytes > maxRequestBytes || operations > maxOperations)
  })
  return fit < 0 ? [...batches] : batches.slice(0, fit)
}

function isFull(batches: readonly SignedBatch[]): boolean {
  return batches.reduce((sum, { count }) => sum + count, 0) >= maxOperations
}

function furthest(stored: readonly BatchRecord[], reached: number): BatchRecord | undefined {
  return stored.filter(({ from, count }) => from <= reached + 1 && from + count - 1 > reached)
    .reduce<BatchRecord | undefined>((best, batch) => best && best.from + best.count >= batch.from + batch.count ? best : batch, undefined)
}

/** Undefined when it can't be put together as it was signed any more; each operation's SHA-256 says so. */
async function rebuild(log: Reads, { device, from, count, signature }: BatchRecord): Promise<SignedBatch | undefined> {
  const operations = await log.hub.signedOperations(device, from, count)
  const texts = operations.map(textOf)
  const isWhole = operations.length === count && operations.every(({ hash: signed }, index) =>
    signed !== null && Buffer.compare(hash('sha256', texts[index] ?? '', 'buffer'), signed) === 0)
  if (!isWhole) return undefined
  const json = `{"device":${canonicalJson(device)},"from":${from},"ops":[${texts.join(',')}],"sig":${canonicalJson(signature)}}`
  return { device, from, until: from + count - 1, count, json }
}

function textOf({ stream, at, kind, body, extra, aside }: SignedOperation): string {
  if (stream === null) return aside ?? ''
  const unknown = extra === null ? {} : JSON.parse(extra) as object
  return canonicalJson({ ...unknown, at, stream, kind, body: body === null ? null : JSON.parse(body) as unknown })
}
