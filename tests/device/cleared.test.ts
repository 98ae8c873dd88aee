import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { openDevice, type Device } from '../../src/device'
import { deleteDatabase, makeChannels, makeLocks, until } from './fakes'
import { booth, checkIn, floor, stateHash } from './scene'
import { makeWorld, type Network, type TestPhone, type World } from './world'

let world: World
let network: Network
let phone: TestPhone
let device: Device
let opened: Device[]
// Databases and signatures share two cores with whatever else runs.
vi.setConfig({ testTimeout: 30_000 })
const offline: Network = () => Promise.reject(new TypeError('no network'))

beforeAll(async () => {
  world = await makeWorld()
  network = world.network
})
beforeEach(async () => {
  vi.spyOn(console, 'warn').mockReturnValue()
  world.network = network
  phone = world.phone({ random: Math.random })
  device = await phone.joined()
  opened = [device]
})
afterEach(() => { for (const one of opened) one.close() })
afterAll(() => world.stop())

const count = (on = device) => on.record(floor, 'headcount', { post: booth, count: 1 })
const clear = (name: string) => deleteDatabase(phone.ports.indexedDB, name)
async function open(more: Partial<TestPhone['ports']> = {}): Promise<Device> {
  const tab = await openDevice({ ...phone.ports, ...more })
  opened.push(tab)
  return tab
}
const storedBy = async (id: string) => (await world.services.log.devices()).find((one) => one.device === id)?.accepted

test('records cleared under a page are put back at once, sent, and never numbered anew', async () => {
  const { device: former } = device.identity()!
  await count()
  await device.syncNow()
  world.network = offline
  await count()
  await count()
  await clear('linli-outbox')
  await until(() => device.identity()?.cleared === true)
  expect(device.status()).toMatchObject({ waiting: 2, undeliverable: 0 })
  expect(await count()).toEqual({ ok: false, fault: 'device-cleared' })
  expect(await checkIn(world, device, 1)).toMatchObject({ fault: 'device-cleared' })

  const reopened = await open()
  expect(reopened.identity()).toMatchObject({ device: former, cleared: true })
  expect(reopened.status().waiting).toBe(2)
  world.network = network
  await reopened.syncNow()
  expect(reopened.status()).toMatchObject({ waiting: 0, trouble: undefined })
  expect(await storedBy(former)).toBe(3)
})

test('whoever joins again is another device, and carries what was put back', async () => {
  const { device: former } = device.identity()!
  world.network = offline
  await count()
  await clear('linli-outbox')
  await until(() => device.identity()?.cleared === true)
  world.network = network
  expect(await device.join(await world.invite(), '又来了')).toEqual({ ok: true })
  expect(device.identity()?.cleared).toBeUndefined()
  expect(await count()).toMatchObject({ ok: true, operation: { n: 1 } })
  await device.syncNow()
  expect(device.status().waiting).toBe(0)
  expect([await storedBy(former), await storedBy(device.identity()!.device)]).toEqual([1, 1])
})

test('two pages that each remember something put it all back, in whatever order', async () => {
  const { device: former } = device.identity()!
  world.network = offline
  await count()
  // It hears of nothing, as a page that the phone has frozen.
  const other = await open({ channel: makeChannels(), locks: makeLocks() })
  await count()
  await count()
  await clear('linli-outbox')
  await until(() => device.identity()?.cleared === true && other.identity()?.cleared === true)
  const reopened = await open()
  expect(reopened.status().waiting).toBe(3)
  world.network = network
  await reopened.syncNow()
  expect(await storedBy(former)).toBe(3)
})

test('a server that has more of it than could be put back sees no fork', async () => {
  const { device: former } = device.identity()!
  const other = await open({ channel: makeChannels(), locks: makeLocks() })
  await count()
  await device.syncNow()
  device.close()
  await clear('linli-outbox')
  await until(() => other.identity()?.cleared === true)
  await other.syncNow()
  expect(other.identity()).not.toHaveProperty('frozen', true)
  expect(other.status()).toMatchObject({ waiting: 0, trouble: undefined })
  expect(await storedBy(former)).toBe(1)
})

test('with a part of its records gone, a phone takes none of their numbers again', async () => {
  await count()
  await count()
  const request = phone.ports.indexedDB.open('linli-outbox')
  await new Promise((resolve) => { request.onsuccess = resolve })
  const transaction = request.result.transaction('operations', 'readwrite')
  transaction.objectStore('operations').clear()
  await new Promise((resolve) => { transaction.oncomplete = resolve })
  request.result.close()
  expect(await count()).toEqual({ ok: false, fault: 'device-cleared' })
  expect((await open()).status().waiting).toBe(2)
})

test('a cleared picture of others: what was seen stays seen, and all of it is read again', async () => {
  const stranger = await world.phone().joined()
  opened.push(stranger)
  await checkIn(world, stranger, 2)
  await stranger.syncNow()
  await device.syncNow()
  const before = await stateHash(device)
  await clear('linli-replica')
  await until(() => device.status().knownUntil === undefined)
  expect([await stateHash(device), device.festival() !== undefined]).toEqual([before, true])
  await checkIn(world, stranger, 3)
  await stranger.syncNow()
  await device.syncNow()
  const after = await stateHash(device)
  expect(after).not.toBe(before)
  device.close()
  expect(await stateHash(await open())).toBe(after)
})

test('while a page asks, an answer about pages that are gone is not kept', async () => {
  const stranger = await world.phone().joined()
  opened.push(stranger)
  await checkIn(world, stranger, 4)
  await stranger.syncNow()
  world.network = async (request) => {
    world.network = network
    const answer = await network(request)
    await clear('linli-replica')
    return answer
  }
  await device.syncNow()
  await device.syncNow()
  const here = await stateHash(device)
  device.close()
  expect(await stateHash(await open())).toBe(here)
})
