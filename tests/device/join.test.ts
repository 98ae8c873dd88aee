import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Device } from '../../src/device'
import { booth, checkIn, floor, scanOf, stateHash } from './scene'
import { makeWorld, type Network, type World } from './world'

let world: World
let network: Network
beforeAll(async () => {
  world = await makeWorld()
  network = world.network
})
beforeEach(() => { world.network = network })
afterAll(() => world.stop())

const offline: Network = () => Promise.reject(new TypeError('no network'))
const count = (device: Device) => device.record(floor, 'headcount', { post: booth, count: 1 })

describe('joining', () => {
  test('stores who this phone is before it says so, step by step', async () => {
    const phone = world.phone()
    const device = await phone.open()
    const steps: string[] = []
    expect(await device.join(await world.invite(), '理发二号手机', (step) => steps.push(step))).toEqual({ ok: true })
    expect(steps).toEqual(['storage', 'key', 'server', 'saved'])
    expect(device.identity()).toMatchObject({ name: '理发二号手机', role: 'volunteer', venue: 'v-main', joinedAt: world.now })
    expect(device.identity()).not.toHaveProperty('token')
    const reopened = await phone.open()
    expect(reopened.identity()).toEqual(device.identity())
    for (const one of [device, reopened]) one.close()
  })

  test('takes the whole link, and a code as people type it', async () => {
    for (const written of [(code: string) => `http://10.0.0.5:8787/join#${code}`, (code: string) => `${code.slice(0, 8).toLowerCase()} - ${code.slice(8)}`]) {
      const device = await world.phone().open()
      expect(await device.join(written(await world.invite()), '手机')).toEqual({ ok: true })
      device.close()
    }
  })

  test('downloads everything granted, and says how far it is', async () => {
    const device = await world.phone().open()
    await device.join(await world.invite('organiser'), '组织者')
    const seen: { received: number; expected: number; bytes: number }[] = []
    expect(await device.download((progress) => seen.push(progress))).toEqual({ ok: true })
    expect(device.programme().activities.length).toBeGreaterThan(100)
    const last = seen.at(-1)!
    expect(last.received).toBe(last.expected)
    expect(last.bytes).toBeGreaterThan(10_000)
    // The floors of an organiser are known once the programme is here, and are asked for too.
    expect(device.status().knownUntil).toBe(world.now)
    device.close()
  })

  test('a lost answer does not use the invite up: the phone asks again with the same key', async () => {
    const phone = world.phone()
    const device = await phone.open()
    const code = await world.invite()
    world.network = async (request) => {
      await network(request)
      throw new TypeError('lost')
    }
    expect(await device.join(code, '手机')).toEqual({ ok: false, code: 'offline' })
    expect(device.identity()).toBeUndefined()
    world.network = network
    device.close()
    const reopened = await phone.open()
    expect(await reopened.join(code, '手机')).toEqual({ ok: true })
    reopened.close()
  })

  test.each([['invite-unknown', async (): Promise<string> => '0000000000000000'], ['invite-used', async (): Promise<string> => {
    const code = await world.invite()
    const device = await world.phone().open()
    await device.join(code, '手机')
    device.close()
    return code
  }]] as const)('%s is said', async (code, invite) => {
    const device = await world.phone().open()
    expect(await device.join(await invite(), '手机')).toEqual({ ok: false, code })
    device.close()
  })

  test('with a storage that can not be written the invite is not used', async () => {
    const phone = world.phone()
    const device = await phone.open()
    let asked = false
    world.network = async () => {
      asked = true
      return new Response()
    }
    phone.ports.indexedDB.open = () => { throw new DOMException('full', 'QuotaExceededError') }
    device.close()
    expect(await device.join('0000000000000000', '手机')).toEqual({ ok: false, code: 'storage-full' })
    expect(await device.testStorage()).toEqual({ ok: false, fault: 'storage-full' })
    expect(asked).toBe(false)
  })
})

describe('joining again', () => {
  test('makes a new device; what the former one had not sent is still delivered, signed by it', async () => {
    const device = await world.phone().joined()
    const former = device.identity()!.device
    world.network = offline
    await checkIn(world, device, 40)
    await checkIn(world, device, 41)
    world.network = network
    expect(await device.join(await world.invite(), '又来了')).toEqual({ ok: true })
    expect(device.identity()!.device).not.toBe(former)
    expect(device.status()).toMatchObject({ waiting: 2, undeliverable: 0 })
    expect(await checkIn(world, device, 40)).toMatchObject({ verdict: { kind: 'repeat' } })
    await count(device)
    expect(await device.download()).toEqual({ ok: true })
    expect(device.status()).toMatchObject({ waiting: 0 })
    const other = await world.phone().joined()
    expect(await stateHash(other)).toBe(await stateHash(device))
    expect(await checkIn(world, other, 41)).toMatchObject({ verdict: { kind: 'repeat', first: { source: { device: former, n: 2 } } } })
    for (const one of [device, other]) one.close()
  })

  test('what a server will not take of a former device stays here, is told, and stops nothing else', async () => {
    const backup = await world.backUp()
    const phone = world.phone()
    const device = await phone.joined()
    world.network = offline
    await checkIn(world, device, 42)
    world.network = network
    // The server was set back to before this phone joined: it knows neither its token nor its key.
    await world.restore(backup)
    await device.syncNow()
    expect(device.status()).toMatchObject({ waiting: 1, trouble: 'unknown-token' })
    expect(await device.join(await world.invite(), '又来了')).toEqual({ ok: true })
    await count(device)
    expect(await device.download()).toEqual({ ok: true })
    expect(device.status()).toMatchObject({ waiting: 1, undeliverable: 1, trouble: undefined })
    expect(await checkIn(world, device, 42)).toMatchObject({ verdict: { kind: 'repeat' } })
    device.close()
  })
})

describe('the clock', () => {
  test('is measured against the server’s and corrected by it', async () => {
    const phone = world.phone()
    const device = await phone.joined()
    phone.ahead = -3_600_000
    expect(await device.measureClock()).toEqual({ offset: 3_600_000 })
    expect(device.now()).toBe(world.now)
    world.network = offline
    expect(await device.measureClock()).toEqual({ fault: 'offline' })
    device.close()
  })
})

test('tickets are read with the festival’s keys; before joining nothing can be read', async () => {
  const device = await world.phone().joined()
  const scan = await scanOf(world, device, 1)
  expect(scan).toMatchObject({ reading: { ok: true } })
  const [ticket] = await world.services.log.tickets(0, 1)
  const fresh = await world.phone().open()
  expect(await fresh.readTicket(ticket!.text)).toMatchObject({ ok: false, code: 'other-festival' })
  for (const one of [device, fresh]) one.close()
})
