import type { DeviceId, StreamName, WrittenOperation } from '../../domain/operation'
import { canonicalJson } from '../../protocol/canonical'
import type { NewOperation, Transaction } from '../log/log'
import { cutsIn } from '../sync/cuts'
import { eraseForgotten, ticketOf } from '../sync/erase'
import { isSame } from '../sync/same'
import { checkedOperation } from '../sync/verify'
import { rise } from './rise'

/** An operation as upstream sends it: of whom, and what; who signed it upstream has seen. */
export type Row = readonly [device: DeviceId, n: number, at: number, kind: string, body: unknown]

/**
 * Takes up what upstream tells of a stream, inside a transaction. What somebody has brought here already is left out; the rest takes the
 * hub's own next places, in upstream's order, and is compared by its content when it comes signed.
 * @returns whether the stream grew
 */
export async function adopt(transaction: Transaction, stream: StreamName, rows: readonly Row[]): Promise<boolean> {
  const last = new Map<DeviceId, number>()
  for (const [device, n] of rows) last.set(device, Math.max(n, last.get(device) ?? 0))
  // Held like by whoever brings something of theirs, so that nothing comes in between.
  await transaction.lockDevices([...last.keys()])
  const fresh = await withoutKnown(transaction, stream, rows)
  if (fresh.length > 0) await store(transaction, stream, fresh)
  for (const [device, n] of [...last].sort(([a], [b]) => a < b ? -1 : 1)) {
    await transaction.noteKnown(device, n)
    await rise(transaction, device, n)
  }
  const people = new Set(fresh.map(([, , , kind, body]) => ticketOf(stream, kind, body)).filter((ticket) => ticket !== null))
  await eraseForgotten(transaction, stream, people, 'relayed')
  if (stream === 'control' && fresh.some(([, , , kind]) => kind === 'device.revoke')) await transaction.setCuts(await cutsIn(transaction))
  return fresh.length > 0
}

/** What is here as something else than upstream has was written by two phones as one device: it is frozen here, as the protocol has it. */
async function withoutKnown(transaction: Transaction, stream: StreamName, rows: readonly Row[]): Promise<Row[]> {
  const numbers = new Map<DeviceId, number[]>()
  for (const [device, n] of rows) numbers.set(device, [...numbers.get(device) ?? [], n])
  const known = new Map<DeviceId, ReadonlyMap<number, Uint8Array | null>>()
  for (const [device, list] of numbers) known.set(device, await transaction.hashes(device, Math.min(...list), Math.max(...list)))
  for (const [device, n, at, kind, body] of rows) {
    const here = known.get(device)?.get(n)
    if (here && !await isHere(transaction, device, n, { at, stream, kind, body }, here)) await transaction.freeze(device)
  }
  return rows.filter(([device, n]) => !known.get(device)?.has(n))
}

/** By its SHA-256, and where that differs (fields that are not sent to readers, blanking) by its content. */
async function isHere(transaction: Transaction, device: DeviceId, n: number, operation: WrittenOperation, here: Uint8Array): Promise<boolean> {
  const told = checkedOperation(operation)
  if (Buffer.compare(told.hash, here) === 0) return true
  const stored = await transaction.content(device, n)
  // What was put aside here and not there was judged by another version.
  return stored === undefined || 'aside' in stored || isSame(transaction, device, n, told, null)
}

async function store(transaction: Transaction, stream: StreamName, rows: readonly Row[]): Promise<void> {
  const before = await transaction.advance(stream, rows.length) - rows.length
  const operations = rows.map(([device, n, at, kind, body], index): NewOperation => ({
    stream, seq: before + index + 1, device, n, at, kind, body: body === null ? null : canonicalJson(body), ticket: ticketOf(stream, kind, body), extra: null,
  }))
  await transaction.storeOperations(operations)
  await transaction.storeWritten(operations.map(({ device, n, seq }) => ({ device, n, hash: null, stream, seq })))
}
