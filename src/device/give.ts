import type { DeviceId, Operation } from '../domain/operation'
import type { Batch } from '../protocol/batch'
import { writeHandOver } from '../protocol/handover'
import { maxOperations, maxRequestBytes } from '../protocol/limits'
import type { HandOverOutcome } from './api'
import { operationsIn } from './courier'
import type { KeptIdentity } from './identity'
import { cutParcel, seal } from './outgoing'
import { StorageError } from './store'
import type { Keep } from './turn'

/** A signed batch can't be cut again by whoever brings it, and may travel with much else in one request: half of one is its share. */
const limits = { operations: maxOperations, bytes: maxRequestBytes / 2 }

/**
 * Signs what this phone wrote, under whatever name, and the topmost server has not acknowledged, for somebody else to bring. So what sync can't deliver
 * any more (of a frozen or revoked device) leaves the phone too. What it carries for others goes along.
 */
export class Giver {
  readonly #keep: Keep
  /** Signed before: a signature is another one each time, and whoever receives twice should find nothing new. */
  readonly #signed = new Map<DeviceId, readonly Batch[]>()

  constructor(keep: Keep) {
    this.#keep = keep
  }

  async handOver(): Promise<HandOverOutcome> {
    try {
      // Another tab may have written or received a moment ago.
      await Promise.all([this.#keep.memory.refresh(), this.#keep.courier.read()])
      return await this.#put()
    } catch (error) {
      if (error instanceof StorageError) return { ok: false, code: error.fault }
      throw error
    }
  }

  async #put(): Promise<HandOverOutcome> {
    const { memory, courier } = this.#keep
    const { identity } = memory
    if (!identity) return { ok: false, code: 'not-joined' }
    const batches = courier.of(identity.festival.id).map(({ batch }) => batch)
    for (const self of memory.selves()) batches.unshift(...await this.#sign(self))
    const operations = operationsIn(batches).size
    if (operations === 0) return { ok: false, code: 'nothing' }
    return { ok: true, text: writeHandOver(identity.festival.id, batches), operations }
  }

  async #sign(identity: KeptIdentity): Promise<readonly Batch[]> {
    const { device } = identity
    // As they are stored: memory may remember what was blanked since.
    const own = await this.#keep.outbox.operations(device)
    const after = Math.max(this.#keep.memory.standingOf(device)?.root ?? 0, lastBlanked(own))
    const before = this.#signed.get(device) ?? []
    const batches = before[0]?.from === after + 1 ? [...before] : []
    for (let done = after + sizeOf(batches); done < own.length; done = after + sizeOf(batches)) {
      batches.push(await seal(cutParcel({ identity, from: done + 1, operations: own.slice(done) }, limits)))
    }
    this.#signed.set(device, batches)
    return batches
  }
}

/**
 * What was blanked is not what was signed and sent: a server that has it as it was would see a fork. Some server has had it, and what came
 * before it, or nothing would have been blanked.
 */
function lastBlanked(own: readonly Operation[]): number {
  return own.reduce((last, { n, kind, body }) => (kind === 'attendee' && body === null ? n : last), 0)
}

function sizeOf(batches: readonly Batch[]): number {
  return batches.reduce((sum, { ops }) => sum + ops.length, 0)
}
