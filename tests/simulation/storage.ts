import { IDBFactory as FakeFactory } from 'fake-indexeddb'
import type { Dice } from './dice'

/** What the fake keeps inside; its types tell only of what browsers have. */
interface RawRecord {
  key: unknown
  value: unknown
}
interface RawStore {
  keyGenerator: { num: number } | null
  records: { values(): Iterable<RawRecord> }
  clear(): void
  storeRecord(record: RawRecord, noOverwrite: boolean): void
}
interface RawDatabase {
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
  readonly #dice: Dice
  readonly #durability: (asked: string) => string

  /** @param durability what the disk makes of the durability that was asked for */
  constructor(dice: Dice, durability: (asked: string) => string = (asked) => asked) {
    this.#dice = dice
    this.#durability = durability
  }

  /** What a page sees of it, until the page dies. */
  open(): { factory: IDBFactory; die(): void } {
    const page = { alive: true }
    const connections: IDBDatabase[] = []
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
    const die = () => {
      page.alive = false
      // What is not aborted had been handed over already, and nobody hears of it.
      for (const connection of connections) this.#cut(connection, () => this.#dice.chance(0.5))
    }
    return { factory, die }
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
      for (const [storeName, store] of this.#raw(name)?.rawObjectStores ?? []) {
        const { records, next } = image.get(storeName) ?? { records: [], next: 0 }
        store.clear()
        for (const record of records) store.storeRecord({ ...record }, false)
        if (store.keyGenerator) store.keyGenerator.num = next
      }
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
      if (transaction.db !== connection || transaction._state === 'finished' || transaction._state === 'committing') continue
      if (aborts()) transaction.abort()
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
        })
      }
      return transaction
    }
  }

  /** Only what it wrote to: another transaction may be half-way in other stores. */
  #complete(name: string, stores: string[], flush: boolean): void {
    const completed: Image = new Map(this.#completed.get(name))
    for (const store of stores) {
      const raw = this.#raw(name)?.rawObjectStores.get(store)
      if (raw) completed.set(store, { records: [...raw.records.values()], next: raw.keyGenerator?.num ?? 0 })
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
