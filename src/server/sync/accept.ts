import type { DeviceId, StreamName, TicketId } from '../../domain/operation'
import { Refusal } from '../refusal'
import type { DeviceRecord, NewOperation, NewQuarantined, Transaction, Written } from '../log/log'
import { cutsIn } from './cuts'
import { eraseForgotten, ticketOf } from './erase'
import { contentOf, judge } from './judge'
import { isOperation, isSame } from './same'
import type { CheckedBatch, CheckedOperation } from './verify'

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

/** `hub`: upstream tells it of operations before anybody brings them signed, and it has to pass on what is brought. */
export type Rank = 'topmost' | 'hub'

/**
 * Stores batches, inside a transaction: what is known already is compared and skipped, the rest takes its places in its streams or is put aside.
 * @param now milliseconds
 * @returns the streams that grew
 * @throws Fork, Gap, Refusal `unknown-device`; then the transaction must be rolled back
 */
export async function accept(transaction: Transaction, batches: readonly CheckedBatch[], now: number, rank: Rank): Promise<StreamName[]> {
  const devices = await transaction.lockDevices(batches.map(({ device }) => device))
  const fresh = new Fresh(transaction, now, rank)
  for (const batch of batches) {
    const writer = devices.get(batch.device)
    if (!writer) throw new Refusal('unknown-device', `no device ${batch.device} has joined here`, { device: batch.device })
    await fresh.take(batch, writer)
  }
  return fresh.store()
}

/** What a request brings that was not here yet. */
class Fresh {
  private readonly transaction: Transaction
  private readonly now: number
  private readonly rank: Rank
  private readonly operations = new Map<StreamName, NewOperation[]>()
  private readonly written: Written[] = []
  private readonly quarantined: NewQuarantined[] = []
  private readonly batches: CheckedBatch[] = []
  private readonly accepted = new Map<DeviceId, number>()
  /** Whom something was stored about, by stream. */
  private readonly people = new Map<StreamName, Set<TicketId>>()

  constructor(transaction: Transaction, now: number, rank: Rank) {
    this.transaction = transaction
    this.now = now
    this.rank = rank
  }

  async take(batch: CheckedBatch, writer: DeviceRecord): Promise<void> {
    const { device, from, ops } = batch
    const until = from + ops.length - 1
    if (writer.frozen) throw new Fork(device, `${device} is frozen: it wrote two things under one n`)
    const accepted = this.accepted.get(device) ?? writer.accepted
    if (from > accepted + 1) throw new Gap(device, accepted + 1, from, until)
    const known = await this.known(batch, from > accepted && this.rank === 'topmost' ? 0 : until)
    const isNew = until > accepted
    if (isNew) {
      this.batches.push(batch)
      this.accepted.set(device, until)
    }
    for (const [index, sent] of ops.entries()) {
      const n = from + index
      const hash = known.get(n)
      if (hash === undefined && n > accepted) this.takeOne(sent, writer, n)
      else if (hash === undefined || !await isSame(this.transaction, device, n, sent, hash)) throw new Fork(device, `${device} wrote something else as ${n} before`)
      else if (isNew && this.rank === 'hub') await this.sign(sent, device, n)
    }
  }

  /** SHA-256 of what was sent before under the batch's numbers, up to `to`; null for what only upstream has told of. */
  private async known({ device, from }: CheckedBatch, to: number): Promise<Map<number, Uint8Array | null>> {
    if (to < from) return new Map()
    const known = await this.transaction.hashes(device, from, to)
    for (const { device: other, n, hash } of this.written) if (other === device) known.set(n, hash)
    return known
  }

  /**
   * What is here already, told by upstream or brought in a shorter batch, is kept as this batch has it: it is the one that will be passed on. So
   * what was blanked may be here whole once more, until it is.
   */
  private async sign({ value, text, hash }: CheckedOperation, device: DeviceId, n: number): Promise<void> {
    if (!isOperation(value)) return
    const { operation: { stream, kind, body }, ...content } = contentOf(value)
    const ticket = ticketOf(stream, kind, body)
    this.note(stream, ticket)
    await this.transaction.hub.sign(device, n, { hash, text, ticket, ...content })
  }

  private note(stream: StreamName, ticket: TicketId | null): void {
    if (ticket !== null) this.people.set(stream, (this.people.get(stream) ?? new Set()).add(ticket))
  }

  private takeOne(sent: CheckedOperation, writer: DeviceRecord, n: number): void {
    const { device } = writer
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
    const ticket = ticketOf(stream, kind, body)
    this.note(stream, ticket)
    list.push({ stream, seq: 0, device, n, at, kind, body: text, ticket, extra })
    this.written.push({ device, n, hash: sent.hash, stream, seq: list.length })
  }

  async store(): Promise<StreamName[]> {
    const { transaction } = this
    // Always in one order, so that no two transactions wait for each other's streams.
    const streams = [...this.operations.keys()].sort()
    const bases = new Map<StreamName, number>()
    for (const stream of streams) {
      const operations = this.operations.get(stream) ?? []
      const base = await transaction.advance(stream, operations.length) - operations.length
      bases.set(stream, base)
      operations.forEach((operation, index) => { operation.seq = base + index + 1 })
      await transaction.storeOperations(operations)
    }
    for (const written of this.written) {
      if (written.stream !== null && written.seq !== null) written.seq += bases.get(written.stream) ?? 0
    }
    await transaction.storeWritten(this.written)
    await transaction.storeQuarantined(this.quarantined)
    await transaction.storeBatches(this.batches.map(({ device, from, ops, sig }) => ({ device, from, count: ops.length, signature: sig })))
    for (const [device, n] of this.accepted) await transaction.setAccepted(device, n)
    for (const [stream, tickets] of this.people) await eraseForgotten(transaction, stream, tickets, this.rank === 'hub' ? 'relayed' : 'all')
    if (this.operations.get('control')?.some(({ kind }) => kind === 'device.revoke')) await transaction.setCuts(await cutsIn(transaction))
    return streams
  }
}
