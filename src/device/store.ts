import Dexie from 'dexie'
import type { Ports } from './ports'

/**
 * `full`: no room. `refused`: the browser gives this page no database. `failed`: it had one and it broke, or it does not answer. `blocked`: another tab
 * has an older version open and does not let go. `newer`: another tab runs a newer version of the app, which has changed this database.
 */
export type StorageFault = 'storage-full' | 'storage-refused' | 'storage-failed' | 'storage-blocked' | 'storage-newer'

/** Thrown inside the device; at its front it becomes a value. */
export class StorageError extends Error {
  readonly fault: StorageFault

  constructor(fault: StorageFault, cause?: unknown) {
    super(fault, { cause })
    this.name = 'StorageError'
    this.fault = fault
  }
}

/** A phone opens a database in a fraction of this; some browsers never answer, and somebody is looking at the page. In milliseconds. */
export const openPatience = 4_000

/** Only a handle that died is worth another try at once; the rest needs room, another browser, another tab, or time. */
const worthAnotherTry: ReadonlySet<StorageFault> = new Set(['storage-failed', 'storage-refused'])

/** For what nobody waits for: storage that fails now says so when something is to be written. */
export function ignoreStorage(error: unknown): void {
  if (!(error instanceof StorageError)) throw error
}

/**
 * One database, and the way back when its handle dies. A dead connection ("connection is closing", "Connection to
 * Indexed Database server lost") never heals by itself: the handle is dropped, opened again, and the work done once more. Browsers
 * name these deaths differently, so whatever has no name of its own is tried a second time; work must therefore be one transaction.
 *
 * An opening that does not come to an end is not waited for for ever: whoever asked is told, and the opening goes on. Once
 * it succeeds after all, because the other tab was closed, everything is as if nothing had been.
 */
export class Store<Database extends Dexie> {
  /**
   * Called when whoever remembers what is here should look again: the browser took the database from under this page (closed by force,
   * cleared, wanted by another tab), or opens it after all.
   */
  look: () => void = () => {}
  readonly #make: () => Database
  readonly #after: Ports['after']
  #opening?: Promise<Database>
  /** The same, once it is open. */
  #database?: Database
  #everOpened = false
  /** What there is to say of an opening that takes too long. */
  #standstill?: Standstill

  constructor(make: () => Database, after: Ports['after']) {
    this.#make = make
    this.#after = after
  }

  /** @throws StorageError; whatever else the work throws passes through */
  async run<T>(work: (database: Database) => Promise<T>): Promise<T> {
    try {
      return await this.#attempt(work)
    } catch (error) {
      if (!(error instanceof StorageError) || error instanceof Standstill || !worthAnotherTry.has(error.fault)) throw error
      return await this.#attempt(work)
    }
  }

  close(): void {
    void this.#opening?.then((database) => database.close(), () => {})
    this.#opening = undefined
    this.#database = undefined
  }

  async #attempt<T>(work: (database: Database) => Promise<T>): Promise<T> {
    try {
      return await work(await this.#opened())
    } catch (error) {
      const fault = asStorageError(error, this.#everOpened)
      if (fault instanceof StorageError && !(fault instanceof Standstill) && fault.fault !== 'storage-full') this.close()
      throw fault
    }
  }

  #opened(): Promise<Database> {
    const opening = this.#opening ??= this.#open()
    if (this.#database) return opening
    return new Promise((resolve, reject) => {
      // Whoever asks again while it still does not answer has waited already.
      const cancel = this.#after(this.#standstill ? 0 : openPatience, () => {
        this.#standstill ??= new Standstill('storage-failed')
        reject(this.#standstill)
      })
      opening.then(resolve, reject).finally(cancel)
    })
  }

  async #open(): Promise<Database> {
    const database = this.#make()
    database.on('blocked', () => { this.#standstill = new Standstill('storage-blocked') })
    // Dexie's own answer is to let go and come back by itself, at whatever version it then finds.
    database.on('versionchange', () => {
      database.close()
      return false
    })
    // Whoever closed it: the browser, the answer to another tab above, or this store, which then has forgotten it already.
    database.on('close', () => { this.#letGo(database) })
    let standstill: Standstill | undefined
    try {
      await database.open()
    } finally {
      standstill = this.#standstill
      this.#standstill = undefined
    }
    this.#everOpened = true
    this.#database = database
    if (standstill) this.look()
    return database
  }

  #letGo(database: Database): void {
    if (this.#database !== database) return
    this.#opening = undefined
    this.#database = undefined
    this.look()
  }
}

/** Neither opened nor refused, so far: there is nothing to drop and nothing to try again. */
class Standstill extends StorageError {}

function asStorageError(error: unknown, everOpened: boolean): unknown {
  if (error instanceof StorageError) return error
  if (!(error instanceof Dexie.DexieError || error instanceof DOMException)) return error
  if (namesOf(error).includes('QuotaExceededError')) return new StorageError('storage-full', error)
  if (namesOf(error).includes('VersionError')) return new StorageError('storage-newer', error)
  return new StorageError(everOpened ? 'storage-failed' : 'storage-refused', error)
}

/** Browsers wrap: an AbortError may carry the quota's error inside. */
function namesOf(error: unknown): string[] {
  if (typeof error !== 'object' || error === null) return []
  const { name, inner } = error as { name?: unknown; inner?: unknown }
  return [String(name), ...namesOf(inner)]
}
