import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Device } from '../../src/device'
import { sentIn, until } from './fakes'
import { booth, checkIn, floor, stateHash } from './scene'
import { makeWorld, type Network, type TestPhone, type World } from './world'

/** The engine as it runs in a page: leading, listening, resting, backing off. */
let world: World
let network: Network
let phone: TestPhone
let device: Device
let asked: number
beforeAll(async () => {
  world = await makeWorld()
  network = world.network
})
beforeEach(async () => {
  asked = 0
  world.network = network
  phone = world.phone()
  phone.visible = true
  device = await phone.joined()
  device.startSync()
  await phase('listening')
  world.network = counting(network)
})
afterEach(() => device.close())
afterAll(() => world.stop())

const counting = (through: Network): Network => (request) => {
  asked++
  return through(request)
}
const phase = (wanted: string, of: Device = device) => until(() => of.status().phase === wanted)
const offline = counting(() => Promise.reject(new TypeError('no network')))
const count = (of: Device = device) => of.record(floor, 'headcount', { post: booth, count: 1 })

describe('while somebody looks', () => {
  test('what others write arrives by itself', async () => {
    const other = await world.phone().joined()
    await checkIn(world, other, 50)
    await other.syncNow()
    const hash = await stateHash(other)
    await until(() => device.todayNumber(booth) === other.todayNumber(booth))
    expect(await stateHash(device)).toBe(hash)
    other.close()
  })

  test('a record goes out at once, past the request that waits; records written together go together', async () => {
    await Promise.all([count(), count(), count()])
    expect(asked).toBe(0)
    world.pass(50)
    await until(() => device.status().waiting === 0)
    await phase('listening')
    expect(asked).toBe(2)
  })

  test('a server that does not wait is asked every few seconds, not without a pause', async () => {
    world.network = counting(async (request) => {
      const { url, method, headers } = request
      const body = JSON.stringify({ ...await sentIn(request), wait: 0 })
      return network(new Request(url, { method, headers: { authorization: headers.get('authorization') ?? '' }, body }))
    })
    await count()
    world.pass(50)
    await phase('resting')
    expect(asked).toBe(2)
    world.pass(5_000)
    await until(() => asked === 4 && device.status().phase === 'resting')
  })
})

describe('while nobody looks', () => {
  test('no request waits at the server; it asks once a minute, and at once when looked at or written to', async () => {
    phone.visible = false
    phone.tell('hidden')
    await phase('resting')
    const before = asked
    world.pass(59_000)
    await new Promise((resolve) => { setTimeout(resolve, 20) })
    expect(asked).toBe(before)
    world.pass(1_000)
    await until(() => asked === before + 1)
    await phase('resting')
    await count()
    world.pass(50)
    await until(() => device.status().waiting === 0)
    await phase('resting')
    phone.visible = true
    phone.tell('shown')
    await phase('listening')
  })
})

describe('without a network', () => {
  test('waits longer and longer, counts what waits, and drains by itself when it is back', async () => {
    world.network = offline
    await count()
    world.pass(50)
    await phase('backing-off')
    expect(device.status()).toMatchObject({ waiting: 1, trouble: 'offline' })
    for (let tries = 1; tries <= 8; tries++) {
      const before = asked
      world.pass(30_000)
      await until(() => asked > before && device.status().phase === 'backing-off')
    }
    await count()
    world.pass(50)
    expect(device.status().phase).toBe('backing-off')
    world.network = network
    world.pass(60_000)
    await until(() => device.status().waiting === 0)
    await phase('listening')
    expect(device.status().trouble).toBeUndefined()
  })

  test.each(['online', 'shown'] as const)('%s shortens the wait, and believes nothing', async (event) => {
    world.network = offline
    await count()
    world.pass(50)
    await phase('backing-off')
    const before = asked
    phone.tell(event)
    await until(() => asked > before && device.status().phase === 'backing-off')
    expect(device.status()).toMatchObject({ waiting: 1, trouble: 'offline' })
  })

  test('a server that says how long to stay away is left alone for so long, whatever happens', async () => {
    world.network = counting(async () => Response.json({ code: 'not-ready', status: 503 }, { status: 503, headers: { 'retry-after': '30' } }))
    await count()
    world.pass(50)
    await phase('held-off')
    world.network = counting(network)
    const before = asked
    phone.tell('online')
    await device.syncNow()
    world.pass(29_000)
    expect(asked).toBe(before)
    expect(device.status()).toMatchObject({ waiting: 1, trouble: 'not-ready' })
    world.pass(1_000)
    await until(() => device.status().waiting === 0)
  })
})

describe('several tabs', () => {
  test('one leads; what is written in another goes out; when the first is closed the other takes over', async () => {
    const other = await phone.open()
    other.startSync()
    await new Promise((resolve) => { setTimeout(resolve, 20) })
    expect(other.status().phase).toBe('following')
    await count(other)
    await until(() => device.status().waiting === 1)
    world.pass(50)
    await until(() => other.status().waiting === 0)
    device.close()
    await phase('listening', other)
    other.close()
  })

  test('without Web Locks all of them lead, which harms nothing', async () => {
    const unlocked = world.phone({ locks: undefined })
    unlocked.visible = true
    const tabs = [await unlocked.joined(), await unlocked.open()] as const
    for (const tab of tabs) tab.startSync()
    world.pass(0)
    for (const tab of tabs) await phase('listening', tab)
    await Promise.all([count(tabs[0]), count(tabs[1]), count(tabs[0])])
    world.pass(50)
    for (const tab of tabs) await until(() => tab.status().waiting === 0)
    for (const tab of tabs) await tab.syncNow()
    expect(await stateHash(tabs[0])).toBe(await stateHash(tabs[1]))
    for (const tab of tabs) tab.close()
  })
})

test('stopping ends everything, and starting goes on', async () => {
  const stop = device.startSync()
  stop()
  expect(device.status().phase).toBe('off')
  await count()
  world.pass(120_000)
  await new Promise((resolve) => { setTimeout(resolve, 20) })
  expect(asked).toBe(0)
  device.startSync()
  await until(() => device.status().waiting === 0)
})
