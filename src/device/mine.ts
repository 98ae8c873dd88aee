import Dexie, { type Table } from 'dexie'
import { ownVersionOnly } from './own-version'
import type { Channel, Ports } from './ports'
import { Store, StorageError } from './store'

/** What a person keeps on this phone (☆). It never leaves it, and nothing else can bring it back: so it is as durable as the outbox. */
class MineDatabase extends Dexie {
  readonly activities!: Table<{ id: string; keptAt: number }, string>

  constructor({ indexedDB, IDBKeyRange }: Ports) {
    super('linli-mine', { indexedDB: ownVersionOnly(indexedDB), IDBKeyRange, chromeTransactionDurability: 'strict' })
    this.version(1).stores({ activities: 'id, keptAt' })
  }
}

export class Mine {
  readonly #ports: Ports
  readonly #store: Store<MineDatabase>
  readonly #watchers = new Set<() => void>()
  #channel?: Channel

  constructor(ports: Ports) {
    this.#ports = ports
    this.#store = new Store(() => new MineDatabase(ports), ports.after)
  }

  /** The activities kept, in the order in which they were; undefined when storage can't be read. */
  async list(): Promise<string[] | undefined> {
    try {
      return await this.#store.run(async (db) => (await db.activities.orderBy('keptAt').toArray()).map(({ id }) => id))
    } catch (error) {
      if (error instanceof StorageError) return undefined
      throw error
    }
  }

  /** @returns whether it is stored; keeping what is kept changes nothing */
  keep(id: string): Promise<boolean> {
    const keptAt = this.#ports.now()
    return this.#write((db) => db.transaction('rw', db.activities, async () => {
      if (!await db.activities.get(id)) await db.activities.add({ id, keptAt })
    }))
  }

  /** @returns whether they are gone */
  drop(ids: readonly string[]): Promise<boolean> {
    return this.#write((db) => db.activities.bulkDelete([...ids]))
  }

  /** Calls when another tab of this phone has kept or dropped something; returns how to stop. */
  watch(watcher: () => void): () => void {
    this.#open()
    this.#watchers.add(watcher)
    return () => { this.#watchers.delete(watcher) }
  }

  async #write(work: (db: MineDatabase) => Promise<unknown>): Promise<boolean> {
    try {
      await this.#store.run(work)
      this.#open().post('changed')
      return true
    } catch (error) {
      if (error instanceof StorageError) return false
      throw error
    }
  }

  #open(): Channel {
    if (!this.#channel) {
      this.#channel = this.#ports.channel('linli-mine')
      this.#channel.listen(() => { for (const watcher of [...this.#watchers]) watcher() })
    }
    return this.#channel
  }
}
