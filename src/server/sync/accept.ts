import type { DeviceId, StreamName } from '../../domain/operation'
import { cutsOf } from '../../domain/standing'
import type { Revocation } from '../../domain/state'
import { Refusal } from '../refusal'
import type { DeviceRecord, NewOperation, NewQuarantined, Reads, Transaction, Written } from '../log/log'
import { ticketOf, eraseForgotten } from './erase'
import { judge } from './judge'
import type { CheckedBatch } from './verify'

/** A device wrote two things under one `n`; it has to be frozen after the transaction was rolled back. */
export class Fork extends Refusal {
  readonly device: DeviceId

  constructor(device: DeviceId, detail: string) {
    super('fork', detail, { device })
    this.device = device
  }
}

/** Operations are missing before a batch; the highest `n` heard of is worth remembering. */
export class Gap extends Refusal {
  readonly device: DeviceId
  readonly known: number

  constructor(device: DeviceId, need: number, from: number, known: number) {
    super('gap', `batch of ${device} begins at ${from}, needed is ${need}`, { device, need })
    this.device = device
    this.known = known
  }
}

/**
 * Stores batches, inside a transaction: what is known already is compared and skipped, the rest takes its places in its streams or is put aside.
 * @param now milliseconds
 * @returns the streams that grew
 * @throws Fork, Gap, Refusal `unknown-device`; then the transaction must be rolled back
 */
export async function accept(transaction: Transaction, batches: readonly CheckedBatch[], now: number): Promise<StreamName[]> {
  const devices = await transaction.lockDevices(batches.map(({ device }) => device))
  const fresh = new Fresh(transaction, now)
  for (const batch of batches) {
    const writer = devices.get(batch.device)
    if (!writer) throw new Refusal('unknown-device', `no device ${batch.device} has joined here`, { device: batch.device })
    await fresh.take(batch, writer)
  }
  return fresh.store(devices)
}

/** What a request brings that was not here yet. */
class Fresh {
  private readonly transaction: Transaction
  private readonly now: number
  private readonly operations = new Map<StreamName, NewOperation[]>()
  private readonly written: Written[] = []
  private readonly quarantined: NewQuarantined[] = []
  private readonly batches: CheckedBatch[] = []
  private readonly accepted = new Map<DeviceId, number>()

  constructor(transaction: Transaction, now: number) {
    this.transaction = transaction
    this.now = now
  }

  async take(batch: CheckedBatch, writer: DeviceRecord): Promise<void> {
    const { device, from, ops } = batch
    const until = from + ops.length - 1
    if (writer.frozen) throw new Fork(device, `${device} is frozen: it wrote two things under one n`)
    const accepted = this.accepted.get(device) ?? writer.accepted
    if (from > accepted + 1) throw new Gap(device, accepted + 1, from, until)
    if (from <= accepted) await this.compare(batch, writer, Math.min(accepted, until))
    if (until <= accepted) return

    this.batches.push(batch)
    this.accepted.set(device, until)
    for (let n = accepted + 1; n <= until; n++) this.takeOne(batch, writer, n)
  }

  /** Whether what is sent again, up to `to`, is what was sent before. */
  private async compare({ device, from, ops }: CheckedBatch, writer: DeviceRecord, to: number): Promise<void> {
    const stored = await this.transaction.hashes(device, from, Math.min(to, writer.accepted))
    for (const { device: other, n, hash } of this.written) if (other === device) stored.set(n, hash)
    for (let n = from; n <= to; n++) {
      const sent = ops[n - from]?.hash
      const known = stored.get(n)
      if (!sent || !known || Buffer.compare(sent, known) !== 0) throw new Fork(device, `${device} wrote something else as ${n} before`)
    }
  }

  private takeOne({ device, from, ops }: CheckedBatch, writer: DeviceRecord, n: number): void {
    const sent = ops[n - from]
    if (!sent) return
    const judgement = judge(sent, writer)
    if (!judgement.stored) {
      const { code, detail } = judgement
      this.quarantined.push({ device, n, code, detail, operation: sent.text, received: this.now })
      this.written.push({ device, n, hash: sent.hash, stream: null, seq: null })
      return
    }
    const { operation: { at, stream, kind, body }, body: text, extra } = judgement
    const list = this.operations.get(stream) ?? []
    this.operations.set(stream, list)
    // `seq` is known once the stream's head has been moved, in `store`.
    list.push({ stream, seq: 0, device, n, at, kind, body: text, ticket: ticketOf(stream, kind, body), extra })
    this.written.push({ device, n, hash: sent.hash, stream, seq: list.length })
  }

  async store(devices: ReadonlyMap<DeviceId, DeviceRecord>): Promise<StreamName[]> {
    const { transaction } = this
    // Always in one order, so that no two transactions wait for each other's streams.
    const streams = [...this.operations.keys()].sort()
    const bases = new Map<StreamName, number>()
    for (const stream of streams) {
      const operations = this.operations.get(stream) ?? []
      const base = await transaction.advance(stream, operations.length) - operations.length
      bases.set(stream, base)
      operations.forEach((operation, index) => { operation.seq = base + index + 1 })
      await eraseForgotten(transaction, stream, operations, devices)
      await transaction.storeOperations(operations)
    }
    for (const written of this.written) {
      if (written.stream !== null && written.seq !== null) written.seq += bases.get(written.stream) ?? 0
    }
    await transaction.storeWritten(this.written)
    await transaction.storeQuarantined(this.quarantined)
    await transaction.storeBatches(this.batches.map(({ device, from, ops, sig }) => ({ device, from, count: ops.length, signature: sig })))
    for (const [device, n] of this.accepted) await transaction.setAccepted(device, n)
    if (this.operations.get('control')?.some(({ kind }) => kind === 'device.revoke')) await transaction.setCuts(await cutsIn(transaction))
    return streams
  }
}

/** Which devices are cut off, by the same rule as on every phone. */
async function cutsIn(log: Reads): Promise<Map<DeviceId, number>> {
  const stream = 'control'
  const revocations = (await log.operationsOfKind(stream, 'device.revoke')).map(({ device: by, n, at, body }): Revocation => {
    const { device, after } = JSON.parse(body ?? '{}') as Pick<Revocation, 'device' | 'after'>
    return { device, after, source: { device: by, n, at, stream } }
  })
  return cutsOf(revocations)
}
