import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Device } from '../../src/device'
import { until } from './fakes'
import { booth, checkIn, floor, stateHash } from './scene'
import { makeWorld, type TestPhone, type World } from './world'

let world: World
let phone: TestPhone
let device: Device
beforeAll(async () => { world = await makeWorld() })
beforeEach(async () => {
  phone = world.phone()
  device = await phone.joined()
})
afterEach(() => device.close())
afterAll(() => world.stop())

/** A check-in in a stream that this phone was not granted: the server will put it aside. */
function checkInElsewhere() {
  return device.record('floor:com-dx-001', 'checkin', { post: booth, ticket: 'AAAA0005', by: 'camera' })
}

describe('the live state', () => {
  test('after a restart is what it was, from the databases alone', async () => {
    await checkIn(world, device, 1)
    await checkIn(world, device, 2)
    await device.record(floor, 'headcount', { post: booth, count: 5 })
    const before = await stateHash(device)
    device.close()
    device = await phone.open()
    expect(await stateHash(device)).toBe(before)
    expect(device.programme().activities.length).toBeGreaterThan(100)
    expect(device.status()).toMatchObject({ waiting: 3, lastSuccess: world.now, knownUntil: world.now })
  })

  test('of another tab follows as soon as that is told to look', async () => {
    const other = await phone.open()
    await checkIn(world, device, 3)
    await until(() => other.status().waiting === 1)
    expect(await stateHash(other)).toBe(await stateHash(device))
    other.close()
  })

  test('does not count what the server put aside: also when that is learnt late, and after a restart', async () => {
    await checkIn(world, device, 4)
    const without = await stateHash(device)
    await checkInElsewhere()
    expect(device.todayNumber(booth)).toBe(2)
    await device.syncNow()
    expect(device.status()).toMatchObject({ waiting: 0, quarantined: [{ n: 2, code: 'stream-not-granted' }] })
    expect(device.todayNumber(booth)).toBe(1)
    expect(await stateHash(device)).toBe(without)
    expect(device.recent(5)).toMatchObject([{ operation: { n: 2 }, standing: 'quarantined' }, { operation: { n: 1 }, standing: 'stands' }])
    const reopened = await phone.open()
    expect(await stateHash(reopened)).toBe(without)
    reopened.close()
  })

  test('is never half there: what is judged while it is built anew meets the old one', async () => {
    await checkIn(world, device, 6)
    await checkInElsewhere()
    const [, repeat] = await Promise.all([device.syncNow(), checkIn(world, device, 6)])
    expect(repeat).toMatchObject({ verdict: { kind: 'repeat' } })
  })
})

describe('a browser that threw away the replica', () => {
  test('reads it again, and own operations are still there', async () => {
    await checkIn(world, device, 8)
    await device.syncNow()
    const before = await stateHash(device)
    device.close()
    await new Promise<void>((resolve) => {
      phone.ports.indexedDB.deleteDatabase('linli-replica').onsuccess = () => resolve()
    })
    device = await phone.open()
    expect(device.identity()).toBeDefined()
    expect(device.festival()).toBeUndefined()
    expect(device.status()).toMatchObject({ waiting: 0, knownUntil: undefined })
    expect(await device.download()).toEqual({ ok: true })
    expect(await stateHash(device)).toBe(before)
  })
})
