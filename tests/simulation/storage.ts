import { IDBFactory as FakeFactory } from 'fake-indexeddb'
import type { Dice } from './dice'

/** What the fake keeps inside; its types tell only of what browsers have. */
interface RawRecord {
  key: unknown
  value: unknown
}
interface RawStore {
  keyPath: string | null
  autoIncrement: boolean
  rawIndexes: Map<string, { name: string; keyPath: string | string[] }>
  keyGenerator: { num: number } | null
  records: { values(): Iterable<RawRecord> }
  clear(): void
  storeRecord(record: RawRecord, noOverwrite: boolean): void
}
interface RawDatabase {
  version: number
  transactions: RawTransaction[]
  rawObjectStores: Map<string, RawStore>
}
interface RawTransaction {
  db: IDBDatabase
  _state: string
  abort(): void
}

/** What a store held at some moment. Values are never changed in place, so keeping them costs nothing. */
type Image = Map<string, { records: RawRecord[]; next: number }>

/**
 * A phone's disk, under fake-indexeddb. A transaction with `durability: 'strict'` is on it when it completes; one that is relaxed
 * gets there some time later, and is gone when the power fails before. Transactions reach it in their order, database by database.
 */
export class Storage {
  /** Goes up with every transaction that wrote. */
  writes = 0
  /** Nothing more goes in. */
  full = false
  /** The connections of pages that live. */
  readonly #connections = new Set<IDBDatabase>()
  readonly #factory = new FakeFactory()
  /** By database: what transactions have completed, and what of it is on the disk. */
  readonly #completed = new Map<string, Image>()
  readonly #onDisk = new Map<string, Image>()
  /** Those that complete when their connection is gone. */
  readonly #unheard = new WeakSet<object>()
  readonly #dice: Dice
  readonly #durability: (asked: string) => string

  /** @param durability what the disk makes of the durability that was asked for */
  constructor(dice: Dice, durability: (asked: string) => string = (asked) => asked) {
    this.#dice = dice
    this.#durability = durability
  }

  /** Everything that is on another phone's disk; none of its transactions may be half-way. */
  async copyFrom(other: Storage): Promise<void> {
    for (const [name, { version, rawObjectStores }] of other.#databases()) {
      const request = this.#factory.open(name, version)
      request.addEventListener('upgradeneeded', () => {
        for (const [storeName, { keyPath, autoIncrement, rawIndexes }] of rawObjectStores) {
          const store = request.result.createObjectStore(storeName, { keyPath, autoIncrement })
          for (const index of rawIndexes.values()) store.createIndex(index.name, index.keyPath)
        }
      })
      await new Promise((resolve) => { request.addEventListener('success', resolve) })
      request.result.close()
      this.#fill(name, new Map([...rawObjectStores].map(([storeName, store]) => [storeName, contentsOf(store)])))
      this.#complete(name, [...rawObjectStores.keys()], true)
    }
    this.writes++
  }

  /** What a page sees of it, until the page dies. `drop`: its connections are cut, and it may open others. */
  open(): { factory: IDBFactory; drop(): void; die(): void } {
    const page = { alive: true }
    let connections: IDBDatabase[] = []
    const open = (name: string, version?: number) => {
      // Whoever is dead waits for ever.
      if (!page.alive) return new EventTarget() as IDBOpenDBRequest
      const request = this.#factory.open(name, version)
      const meet = () => {
        if (!connections.includes(request.result)) connections.push(request.result)
      }
      request.addEventListener('upgradeneeded', meet)
      request.addEventListener('success', () => {
        meet()
        if (!this.#completed.has(name)) this.#complete(name, [...request.result.objectStoreNames], true)
        if (page.alive) this.#watch(name, request.result, page)
        else request.result.close()
      })
      return request
    }
    const factory = Object.create(this.#factory, { open: { value: open } }) as IDBFactory
    const drop = () => {
      // What is not aborted had been handed over already, and nobody hears of it.
      for (const connection of connections) this.#cut(connection, () => this.#dice.chance(0.5))
      connections = []
    }
    const die = () => {
      page.alive = false
      drop()
    }
    return { factory, drop, die }
  }

  /** The records of a store as they are now, read from beneath. */
  records<T>(database: string, store: string): T[] {
    return [...this.#raw(database)?.rawObjectStores.get(store)?.records.values() ?? []].map(({ value }) => value as T)
  }

  /** One value of a store without keys of its own. */
  value<T>(database: string, store: string, key: string): T | undefined {
    const found = [...this.#raw(database)?.rawObjectStores.get(store)?.records.values() ?? []].find((record) => record.key === key)
    return found?.value as T | undefined
  }

  /** What was not on the disk yet is gone. Every page of this phone must be dead. */
  losePower(): void {
    for (const [name, image] of this.#onDisk) {
      this.#fill(name, image)
      this.#completed.set(name, image)
    }
    this.writes++
  }

  /** The browser closes every connection by force, in the middle of whatever goes on. */
  cutConnections(): void {
    for (const connection of [...this.#connections]) {
      this.#cut(connection, () => true)
      connection.onclose?.(new Event('close'))
    }
  }

  /** The browser throws a database away. Pages of this phone that live lose their connections. */
  evict(name: string): void {
    this.#databases().delete(name)
    this.#completed.delete(name)
    this.#onDisk.delete(name)
    this.writes++
  }

  #cut(connection: IDBDatabase, aborts: () => boolean): void {
    this.#connections.delete(connection)
    for (const transaction of this.#raw(connection.name)?.transactions ?? []) {
      if (transaction.db !== connection || transaction._state === 'finished') continue
      if (transaction._state !== 'committing' && aborts()) transaction.abort()
      else this.#unheard.add(transaction)
    }
    connection.close()
  }

  #watch(name: string, connection: IDBDatabase, page: { alive: boolean }): void {
    this.#connections.add(connection)
    const begin = connection.transaction.bind(connection)
    connection.transaction = (stores, mode, options) => {
      if (!page.alive) throw new DOMException('the page is gone', 'InvalidStateError')
      if (this.full && mode === 'readwrite') throw new DOMException('full', 'QuotaExceededError')
      const transaction = begin(stores, mode, options)
      if (mode === 'readwrite') {
        const durability = this.#durability(options?.durability ?? 'default')
        transaction.addEventListener('complete', () => {
          this.writes++
          this.#complete(name, [...transaction.objectStoreNames], durability === 'strict' || this.#dice.chance(0.3))
          if (!this.#unheard.has(transaction)) return
          transaction.oncomplete = null
          transaction.onabort?.(new Event('abort'))
        })
      }
      return transaction
    }
  }

  #fill(name: string, image: Image): void {
    for (const [storeName, store] of this.#raw(name)?.rawObjectStores ?? []) {
      const { records, next } = image.get(storeName) ?? { records: [], next: 0 }
      store.clear()
      for (const record of records) store.storeRecord({ ...record }, false)
      if (store.keyGenerator) store.keyGenerator.num = next
    }
  }

  /** Only what it wrote to: another transaction may be half-way in other stores. */
  #complete(name: string, stores: string[], flush: boolean): void {
    const completed: Image = new Map(this.#completed.get(name))
    for (const store of stores) {
      const raw = this.#raw(name)?.rawObjectStores.get(store)
      if (raw) completed.set(store, contentsOf(raw))
    }
    this.#completed.set(name, completed)
    if (flush) this.#onDisk.set(name, completed)
  }

  #raw(name: string): RawDatabase | undefined {
    return this.#databases().get(name)
  }

  #databases(): Map<string, RawDatabase> {
    return (this.#factory as unknown as { _databases: Map<string, RawDatabase> })._databases
  }
}

function contentsOf({ records, keyGenerator }: RawStore) {
  return { records: [...records.values()], next: keyGenerator?.num ?? 0 }
}
