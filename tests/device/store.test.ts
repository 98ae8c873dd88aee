import Dexie from 'dexie'
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { beforeEach, describe, expect, test, vi, type MockInstance } from 'vitest'
import { Store, StorageError } from '../../src/device/store'
import { until } from './fakes'

// Dexie says on the console what it finds; here it is brought about on purpose.
let warned: MockInstance
beforeEach(() => { warned = vi.spyOn(console, 'warn').mockReturnValue() })

/** Patience ends when the test says so. */
let patience: (() => void)[]
const timers = {
  after(_milliseconds: number, call: () => void) {
    patience.push(call)
    return () => { patience = patience.filter((one) => one !== call) }
  },
}
const losePatience = () => { for (const call of patience) call() }
beforeEach(() => { patience = [] })

interface Value { id: number }
class Values extends Dexie {
  declare readonly values: Dexie.Table<Value, number>
}

function makeStore(indexedDB: IDBFactory | undefined = new IDBFactory()) {
  const opened: Values[] = []
  const store = new Store(() => {
    // Dexie looks for the browser's own where nothing is given; null is "there is none".
    const database = new Values('values', { indexedDB: indexedDB as IDBFactory, IDBKeyRange })
    database.version(1).stores({ values: 'id' })
    opened.push(database)
    return database
  }, timers.after)
  return { store, opened, put: (id: number) => store.run((db) => db.values.put({ id })) }
}

/** Work that fails so often with this error, and then does what it should. */
function failing(times: number, error: unknown) {
  let tries = 0
  return async (db: Values) => {
    if (tries++ < times) throw error
    return db.values.count()
  }
}

const faultOf = async (work: Promise<unknown>) => {
  const error: unknown = await work.catch((reason: unknown) => reason)
  return error instanceof StorageError ? error.fault : error
}

describe('a dead handle', () => {
  const deaths = [
    new DOMException('Failed to execute \'transaction\' on \'IDBDatabase\': The database connection is closing.', 'InvalidStateError'),
    new DOMException('Connection to Indexed Database server lost. Refresh the page to try again', 'UnknownError'),
    new DOMException('The transaction was aborted', 'AbortError'),
    new Dexie.DatabaseClosedError('closed'),
  ]
  test.each(deaths)('is dropped, opened again, and the work done once more: $name', async (death) => {
    const { store, opened, put } = makeStore()
    await put(1)
    expect(await store.run(failing(1, death))).toBe(1)
    expect(opened).toHaveLength(2)
  })

  test.each(deaths)('that stays dead is said: $name', async (death) => {
    const { store, put } = makeStore()
    await put(1)
    expect(await faultOf(store.run(failing(2, death)))).toBe('storage-failed')
    expect(await store.run(failing(0, death))).toBe(1)
  })

  test('closed by the browser underneath', async () => {
    const { store, opened, put } = makeStore()
    await put(1)
    opened[0]!.backendDB().close()
    await put(2)
    expect(await store.run((db) => db.values.count())).toBe(2)
  })
})

describe('faults have names', () => {
  test('no room, also when an abort carries it inside; a full disk is not tried again', async () => {
    const full = new DOMException('full', 'QuotaExceededError')
    for (const error of [full, new Dexie.AbortError('aborted', full)]) {
      const { store, put } = makeStore()
      await put(1)
      expect(await faultOf(store.run(failing(1, error)))).toBe('storage-full')
    }
  })

  test('a browser that gives this page no database', async () => {
    const refusing = { open() { throw new DOMException('private mode', 'SecurityError') } } as unknown as IDBFactory
    expect(await faultOf(makeStore(refusing).put(1))).toBe('storage-refused')
    expect(await faultOf(makeStore(null as unknown as IDBFactory).put(1))).toBe('storage-refused')
  })

  test('a database that another tab blocks', async () => {
    const storage = new IDBFactory()
    const old = await new Promise<IDBDatabase>((resolve) => {
      const request = storage.open('values', 1)
      request.onsuccess = () => resolve(request.result)
    })
    const { store, put } = makeStore(storage)
    store.look = vi.fn()
    const first = faultOf(put(1))
    await until(() => warned.mock.calls.length > 0)
    losePatience()
    expect(await first).toBe('storage-blocked')
    old.close()
    await until(() => vi.mocked(store.look).mock.calls.length > 0)
    expect(await put(1)).toBe(1)
  })

  test('a bug is no fault of the storage', async () => {
    const { store } = makeStore()
    await expect(store.run(failing(1, new TypeError('bug')))).rejects.toThrow(TypeError)
  })
})
