import Dexie, { type Table } from 'dexie'
import type { Batch } from '../protocol/batch'
import { canonicalHash } from '../protocol/canonical'
import type { Trouble } from './api'
import { ownVersionOnly } from './own-version'
import type { Ports } from './ports'
import { ignoreStorage, Store } from './store'

/**
 * Batches of other phones that this one carries to a server: as they were signed, opaque, and never folded, for nobody here can tell whether
 * their signatures hold. Durability is strict: whoever handed them over was told that they are here.
 *
 *   batches   [id]   until a server has acknowledged them as durable at the topmost one
 */
class CourierDatabase extends Dexie {
  readonly batches!: Table<CarriedBatch, string>

  constructor({ indexedDB, IDBKeyRange }: Ports) {
    super('linli-courier', { indexedDB: ownVersionOnly(indexedDB), IDBKeyRange, chromeTransactionDurability: 'strict' })
    this.version(1).stores({ batches: 'id' })
  }
}

export interface CarriedBatch {
  /** SHA-256 of the batch: a forged one may bear the name, and even the signature, of another. */
  id: string
  /** The festival's id: at another one it is nobody's. */
  festival: string
  batch: Batch
}

/** Why a batch is not sent for the time being. `halfway`: a hub has it, and it is not yet known to be at the topmost server. */
export interface Aside {
  why: Trouble | 'halfway'
  /** Until when, in milliseconds of the phone's own clock. */
  until: number
  /** How often in a row it came to nothing. */
  tries: number
}

export class Courier {
  /** What is carried, by device and place, so that a batch follows the one that it continues. */
  carried: readonly CarriedBatch[] = []
  /** By the batch's id. Each new page asks once more, and `reconsider` forgets it. */
  readonly aside = new Map<string, Aside>()
  readonly #store: Store<CourierDatabase>
  readonly #changed: () => void
  #reading = 0

  /** @param changed called after this tab changed what is carried */
  constructor(ports: Ports, changed: () => void) {
    this.#store = new Store(() => new CourierDatabase(ports), ports.after)
    this.#store.look = () => { void this.#putBack() }
    this.#changed = changed
  }

  /** The browser took the database from under this page, and maybe threw it away: one that was delivered meanwhile does no harm. */
  async #putBack(): Promise<void> {
    await this.#store.run((db) => db.batches.bulkPut(this.carried)).catch(ignoreStorage)
  }

  /** Reads what is stored, also by another tab. */
  async read(): Promise<void> {
    const turn = ++this.#reading
    const carried = await this.#store.run((db) => db.batches.toArray())
    // A later reading has seen more.
    if (turn === this.#reading) this.carried = carried.sort((a, b) => comparePlaces(a.batch, b.batch))
  }

  /** Takes batches of a festival along; resolves when they are on disk. One that is here already changes nothing. */
  async take(festival: string, batches: readonly Batch[]): Promise<void> {
    const taken = await Promise.all(batches.map(async (batch) => ({ id: await canonicalHash(batch), festival, batch })))
    await this.#store.run((db) => db.batches.bulkPut(taken))
    await this.read()
    this.reconsider()
    this.#changed()
  }

  /** The topmost server has it. */
  async delivered({ id }: CarriedBatch): Promise<void> {
    await this.#store.run((db) => db.batches.delete(id))
    await this.read()
    this.reconsider()
    this.#changed()
  }

  of(festival: string | undefined): CarriedBatch[] {
    return this.carried.filter((carried) => carried.festival === festival)
  }

  /** Something changed: what a server would not take before may be welcome now. */
  reconsider(): void {
    this.aside.clear()
  }

  close(): void {
    this.#store.close()
  }
}

/** `device:n` of every operation in batches, each once. */
export function operationsIn(batches: readonly Batch[]): Set<string> {
  return new Set(batches.flatMap(({ device, from, ops }) => ops.map((_, index) => `${device}:${from + index}`)))
}

function comparePlaces(a: Batch, b: Batch): number {
  if (a.device !== b.device) return a.device < b.device ? -1 : 1
  return a.from - b.from
}
