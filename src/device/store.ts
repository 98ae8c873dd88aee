import Dexie from 'dexie'

/** `full`: no room. `refused`: the browser gives this page no database. `failed`: it had one and it broke. */
export type StorageFault = 'storage-full' | 'storage-refused' | 'storage-failed'

/** Thrown inside the device; at its front it becomes a value. */
export class StorageError extends Error {
  readonly fault: StorageFault

  constructor(fault: StorageFault, cause?: unknown) {
    super(fault, { cause })
    this.name = 'StorageError'
    this.fault = fault
  }
}

/**
 * One database, and the way back when its handle dies. A dead connection ("connection is closing", "Connection to
 * Indexed Database server lost") never heals by itself: the handle is dropped, opened again, and the work done once more. Browsers
 * name these deaths differently, so anything but a full disk is tried a second time; work must therefore be one transaction.
 */
export class Store<Database extends Dexie> {
  readonly #make: () => Database
  #opening?: Promise<Database>
  #everOpened = false

  constructor(make: () => Database) {
    this.#make = make
  }

  /** @throws StorageError; whatever else the work throws passes through */
  async run<T>(work: (database: Database) => Promise<T>): Promise<T> {
    try {
      return await this.#attempt(work)
    } catch (error) {
      if (!(error instanceof StorageError) || error instanceof Blocked || error.fault === 'storage-full') throw error
      return await this.#attempt(work)
    }
  }

  close(): void {
    void this.#opening?.then((database) => database.close(), () => {})
    this.#opening = undefined
  }

  async #attempt<T>(work: (database: Database) => Promise<T>): Promise<T> {
    try {
      return await work(await (this.#opening ??= this.#open()))
    } catch (error) {
      const fault = asStorageError(error, this.#everOpened)
      if (fault instanceof StorageError && fault.fault !== 'storage-full') this.close()
      throw fault
    }
  }

  async #open(): Promise<Database> {
    const database = this.#make()
    const blocked = new Promise<never>((_resolve, reject) => {
      database.on('blocked', () => {
        // Left open it would stand in the way of every later try.
        database.close()
        reject(new Blocked())
      })
    })
    await Promise.race([database.open(), blocked])
    this.#everOpened = true
    return database
  }
}

/** Another tab has an older version open and does not let go: waiting would hang the page without a word, and so would trying again. */
class Blocked extends StorageError {
  constructor() {
    super('storage-refused')
  }
}

function asStorageError(error: unknown, everOpened: boolean): unknown {
  if (error instanceof StorageError) return error
  if (!(error instanceof Dexie.DexieError || error instanceof DOMException)) return error
  if (namesOf(error).includes('QuotaExceededError')) return new StorageError('storage-full', error)
  return new StorageError(everOpened ? 'storage-failed' : 'storage-refused', error)
}

/** Browsers wrap: an AbortError may carry the quota's error inside. */
function namesOf(error: unknown): string[] {
  if (typeof error !== 'object' || error === null) return []
  const { name, inner } = error as { name?: unknown; inner?: unknown }
  return [String(name), ...namesOf(inner)]
}
