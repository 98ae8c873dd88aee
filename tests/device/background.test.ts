import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Device } from '../../src/device'
import { backgroundTag, sendWhatWaits } from '../../src/device/background'
import { until } from './fakes'
import { booth, floor } from './scene'
import { makeWorld, type Network, type TestPhone, type World } from './world'

let world: World
let network: Network
let phone: TestPhone
let device: Device
let registered: string[]
beforeAll(async () => {
  world = await makeWorld()
  network = world.network
})
beforeEach(async () => {
  world.network = network
  registered = []
  phone = world.phone({ registerBackgroundSync: async (tag) => { registered.push(tag) } })
  phone.visible = true
  device = await phone.joined()
})
afterEach(() => device.close())
afterAll(() => world.stop())

const offline: Network = () => Promise.reject(new TypeError('no network'))
const count = () => device.record(floor, 'headcount', { post: booth, count: 1 })
/** What the service worker is given: nobody looks at it. */
const worker = () => ({ ...phone.ports, page: { visible: () => false, watch: () => () => {} } })

test('the browser is asked to call when sending failed or the page is left, once, and not by a page in sync', async () => {
  device.startSync()
  await until(() => device.status().phase === 'listening')
  await count()
  world.pass(50)
  await until(() => device.status().waiting === 0)
  phone.tell('hidden')
  expect(registered).toEqual([])
  world.network = offline
  await count()
  world.pass(50)
  await until(() => device.status().phase === 'backing-off')
  world.pass(60_000)
  phone.tell('hidden')
  expect(registered).toEqual([backgroundTag])
  world.network = network
  await device.syncNow()
  await count()
  phone.tell('hidden')
  expect(registered).toEqual([backgroundTag, backgroundTag])
})

test('the service worker sends what waits, after the last page was closed', async () => {
  await count()
  device.close()
  await sendWhatWaits(worker())
  device = await phone.open()
  expect(device.status().waiting).toBe(0)
})

test('it fails loudly while something still waits, so that the browser calls again', async () => {
  await count()
  world.network = offline
  await expect(sendWhatWaits(worker())).rejects.toThrow('offline')
  world.network = network
  await sendWhatWaits(worker())
  await until(() => device.status().waiting === 0)
})

test('a page that leads is let go first; one that is frozen with the lock in its hand is not waited for', async () => {
  await count()
  let letGo = () => {}
  void phone.ports.locks?.request('linli-sync', {}, () => new Promise<void>((resolve) => { letGo = resolve }))
  const sent = sendWhatWaits(worker())
  await new Promise((resolve) => { setTimeout(resolve, 20) })
  expect(device.status().waiting).toBe(1)
  world.pass(5_000)
  letGo()
  await sent
  await until(() => device.status().waiting === 0)
})

test('a phone that has not joined, or has nothing to send, asks nobody', async () => {
  world.network = () => { throw new Error('asked') }
  await sendWhatWaits(worker())
  await sendWhatWaits(world.phone().ports)
})
