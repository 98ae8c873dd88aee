import { IDBDatabase, IDBObjectStore } from 'fake-indexeddb'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { openDevice, StorageError, type Device } from '../../src/device'
import { openPatience } from '../../src/device/store'
import { until, upgradeDatabase } from './fakes'
import { booth, checkIn, floor, stateHash } from './scene'
import { makeWorld, type TestPhone, type World } from './world'

let world: World
let phone: TestPhone
let device: Device
let opened: Device[]
// Databases and signatures share two cores with whatever else runs.
vi.setConfig({ testTimeout: 30_000 })
const dropFormerBuild = vi.fn<() => Promise<boolean>>()

beforeAll(async () => { world = await makeWorld() })
beforeEach(async () => {
  vi.spyOn(console, 'warn').mockReturnValue()
  dropFormerBuild.mockResolvedValue(false)
  phone = world.phone({ random: Math.random, dropFormerBuild })
  device = await phone.joined()
  opened = [device]
})
afterEach(() => { for (const one of opened) one.close() })
afterAll(() => world.stop())

const count = () => device.record(floor, 'headcount', { post: booth, count: 1 })
async function scanElsewhere(ticket: number): Promise<void> {
  const stranger = await world.phone().joined()
  opened.push(stranger)
  await checkIn(world, stranger, ticket)
  await stranger.syncNow()
}

/** Nothing more goes into that database. @returns how to make room */
function fill(name: string): () => void {
  const { add, put } = IDBObjectStore.prototype
  const spies = [vi.spyOn(IDBObjectStore.prototype, 'add'), vi.spyOn(IDBObjectStore.prototype, 'put')]
  for (const [index, spy] of spies.entries()) {
    spy.mockImplementation(function (this: IDBObjectStore, ...given: [unknown, IDBValidKey?]) {
      if (this.transaction.db.name === name) throw new DOMException('full', 'QuotaExceededError')
      return [add, put][index]!.apply(this, given)
    })
  }
  return () => { for (const spy of spies) spy.mockRestore() }
}

test('no room for what others write: own records go on and go out, and no cursor moves until it is kept', async () => {
  await scanElsewhere(11)
  const makeRoom = fill('linli-replica')
  const { knownUntil, lastSuccess } = device.status()
  world.pass(60_000)
  expect(await count()).toMatchObject({ ok: true })
  await device.syncNow()
  expect(device.status()).toMatchObject({ waiting: 0, trouble: 'storage-full', pictureFault: 'storage-full', knownUntil, lastSuccess })
  makeRoom()
  await device.syncNow()
  expect(device.status()).toMatchObject({ trouble: undefined, pictureFault: undefined, knownUntil: world.now, lastSuccess: world.now })
  const seen = await stateHash(device)
  device.close()
  const reopened = await phone.open()
  opened.push(reopened)
  expect(await stateHash(reopened)).toBe(seen)
})

test('a newer version in another page: this one goes on with the picture it has, sends, and says why', async () => {
  const before = await stateHash(device)
  await upgradeDatabase(phone.ports.indexedDB, 'linli-replica')
  await until(() => device.status().pictureFault !== undefined)
  expect(device.status().pictureFault).toBe('storage-newer')
  expect(await stateHash(device)).toBe(before)
  expect(await checkIn(world, device, 12)).toMatchObject({ verdict: { kind: 'admitted' } })
  await device.syncNow()
  expect(device.status()).toMatchObject({ waiting: 0, pictureFault: 'storage-newer' })

  // What was there stays as the newer version has made it.
  const reopened = await phone.open()
  opened.push(reopened)
  expect([reopened.identity()?.device, reopened.festival()]).toEqual([device.identity()?.device, undefined])
  expect(reopened.status()).toMatchObject({ waiting: 0, pictureFault: 'storage-newer' })
})

test('a newer version of the records themselves: nothing is written, and the fault has its name', async () => {
  await upgradeDatabase(phone.ports.indexedDB, 'linli-outbox')
  expect(await count()).toEqual({ ok: false, fault: 'storage-newer' })
  await until(() => device.status().storageFault === 'storage-newer')
})

test('a full phone lets go of what can be had again before it refuses a check-in', async () => {
  let room: (() => void) | undefined
  dropFormerBuild.mockImplementation(() => {
    room?.()
    return Promise.resolve(true)
  })
  room = fill('linli-outbox')
  expect(await checkIn(world, device, 13)).toMatchObject({ verdict: { kind: 'admitted' }, operation: { n: 1 } })
  expect(device.status()).toMatchObject({ waiting: 1, full: true })
  room = undefined
  fill('linli-outbox')
  expect(await count()).toEqual({ ok: false, fault: 'storage-full' })
  expect(device.status().waiting).toBe(1)
})

test('done is said after the transaction is complete, and not before', async () => {
  let release = () => {}
  const held = new Promise<void>((resolve) => { release = resolve })
  const asked: (IDBTransactionOptions | undefined)[] = []
  const { transaction } = IDBDatabase.prototype
  vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (this: IDBDatabase, stores, mode, options) {
    const begun = transaction.call(this, stores, mode, options)
    if (mode !== 'readwrite') return begun
    asked.push(options)
    let complete: IDBTransaction['oncomplete'] = null
    Object.defineProperty(begun, 'oncomplete', {
      get: () => complete && ((event: Event) => { void held.then(() => complete?.call(begun, event)) }),
      set: (listener: IDBTransaction['oncomplete']) => { complete = listener },
    })
    return begun
  })
  const tab = await phone.open()
  opened.push(tab)
  const said = vi.fn()
  const outcome = tab.record(floor, 'headcount', { post: booth, count: 1 })
  void outcome.then(said)
  // It is there already, as the browser's cache has it; on the disk it may not be.
  await until(() => asked.length > 0)
  await new Promise((resolve) => { setTimeout(resolve, 50) })
  expect([said.mock.calls.length, tab.status().waiting]).toEqual([0, 0])
  release()
  expect(await outcome).toMatchObject({ ok: true })
  expect(asked).toEqual([{ durability: 'strict' }])
  expect(tab.status().waiting).toBe(1)
})

test('a browser that never answers is said after a while', async () => {
  const silent = { open: () => new EventTarget() } as unknown as IDBFactory
  const opening = openDevice({ ...phone.ports, indexedDB: silent }).catch((error: unknown) => error)
  await new Promise((resolve) => { setTimeout(resolve, 20) })
  world.pass(openPatience)
  expect(await opening).toMatchObject({ fault: 'storage-failed' })
  expect(await opening).toBeInstanceOf(StorageError)
})
