import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Device } from '../../src/device'
import type { SyncRequest } from '../../src/protocol/sync'
import { sentIn, until } from './fakes'
import { booth, checkIn, floor, stateHash } from './scene'
import { makeWorld, type Network, type TestPhone, type World } from './world'

let world: World
let network: Network
let phone: TestPhone
let device: Device
beforeAll(async () => {
  world = await makeWorld()
  network = world.network
})
beforeEach(async () => {
  world.network = network
  phone = world.phone()
  device = await phone.joined()
})
afterEach(() => device.close())
afterAll(() => world.stop())

/** The requests from now on, as they were sent. */
function listenIn(): SyncRequest[] {
  const requests: SyncRequest[] = []
  world.network = async (request) => {
    if (request.url.endsWith('/api/sync')) requests.push(await sentIn(request))
    return network(request)
  }
  return requests
}

function problem(code: string, status: number, more: Record<string, unknown> = {}): Response {
  return Response.json({ code, status, ...more }, { status })
}

/** The next answer is this one; the server has heard the request all the same when `heard`. */
function answerOnce(answer: () => Response, heard = false): void {
  world.network = async (request) => {
    world.network = network
    if (heard) await network(request)
    return answer()
  }
}

const count = (n: number) => Promise.all(Array.from({ length: n }, () => device.record(floor, 'headcount', { post: booth, count: 1 })))

describe('sending', () => {
  test('more than one request may hold goes out in several, and is all acknowledged', async () => {
    await count(1_005)
    const requests = listenIn()
    await device.syncNow()
    expect(requests.map(({ batches }) => batches?.map(({ from, ops }) => [from, ops.length]))).toEqual([[[1, 1_000]], [[1_001, 5]]])
    expect(device.status()).toMatchObject({ waiting: 0, halfway: 0 })
  })

  test('512 KB are a request too, however few operations they are', async () => {
    const text = '问'.repeat(5_000)
    await Promise.all(Array.from({ length: 60 }, (_, id) => device.record(floor, 'question', { id: `q${id}`, topic: '停车', text })))
    const requests = listenIn()
    await device.syncNow()
    expect(requests.length).toBeGreaterThan(1)
    for (const request of requests) expect(new TextEncoder().encode(JSON.stringify(request)).length).toBeLessThanOrEqual(512 * 1024)
    expect(device.status().waiting).toBe(0)
  })

  test('a reply that was lost: it is sent again, and is there once', async () => {
    await checkIn(world, device, 1)
    answerOnce(() => { throw new TypeError('lost') }, true)
    await device.syncNow()
    expect(device.status()).toMatchObject({ waiting: 1, trouble: 'offline' })
    await device.syncNow()
    expect(device.status()).toMatchObject({ waiting: 0, trouble: undefined })
    const other = await world.phone().joined()
    expect(await stateHash(other)).toBe(await stateHash(device))
    other.close()
  })

  test('an answer that does not say that all of it is durable is not believed', async () => {
    await count(3)
    world.network = async (request) => {
      const answer = await (await network(request)).json() as { accepted: Record<string, number> }
      answer.accepted[device.identity()!.device] = 2
      return Response.json(answer)
    }
    await device.syncNow()
    expect(device.status()).toMatchObject({ waiting: 3, trouble: 'nonsense' })
  })
})

describe('what a server may object to', () => {
  test('gap: sends from where it says', async () => {
    await count(3)
    await device.syncNow()
    await count(2)
    const requests: unknown[] = []
    world.network = async (request) => {
      requests.push((await sentIn(request)).batches?.[0]?.from)
      return requests.length === 1 ? problem('gap', 409, { need: 2 }) : network(request)
    }
    await device.syncNow()
    expect(requests).toEqual([4, 2])
    expect(device.status().waiting).toBe(0)
  })

  test('413: half as many, and again half, until it goes through', async () => {
    await count(8)
    const sizes: number[] = []
    world.network = async (request) => {
      const size = (await sentIn(request)).batches?.[0]?.ops.length ?? 0
      sizes.push(size)
      return size > 2 ? new Response('<h1>413</h1>', { status: 413 }) : network(request)
    }
    await device.syncNow()
    expect(sizes.slice(0, 3)).toEqual([8, 4, 2])
    expect(device.status().waiting).toBe(0)
  })

  test('a stream that is no longer granted is no longer asked for, and all else goes on', async () => {
    await count(1)
    world.network = async (request) => {
      const { cursors } = await sentIn(request)
      return cursors && 'roster:v-main' in cursors ? problem('stream-not-granted', 403, { stream: 'roster:v-main' }) : network(request)
    }
    await device.syncNow()
    expect(device.status()).toMatchObject({ waiting: 0, trouble: undefined })
  })

  test('a server that always finds another obstacle is left alone after a while', async () => {
    await count(1)
    let asked = 0
    world.network = async () => problem('epoch', 409, { epoch: `another ${asked++}` })
    await device.syncNow()
    expect(asked).toBeLessThan(20)
    expect(device.status()).toMatchObject({ waiting: 1, trouble: 'epoch' })
  })

  test('fork: writes nothing more as this device, says so, and can join again', async () => {
    await count(2)
    answerOnce(() => problem('fork', 409, { device: device.identity()!.device }))
    await device.syncNow()
    expect(device.identity()).toMatchObject({ frozen: true })
    expect(device.status()).toMatchObject({ waiting: 2, undeliverable: 2, trouble: 'fork' })
    // The log may have something else under their numbers: they count no more here than anywhere.
    expect([1, 2].map((n) => device.state().seen.has(`${device.identity()!.device}:${n}`))).toEqual([false, false])
    expect(await device.record(floor, 'headcount', { post: booth, count: 1 })).toEqual({ ok: false, fault: 'device-frozen' })
    expect(await device.join(await world.invite(), '又来了')).toEqual({ ok: true })
    expect(await device.download()).toEqual({ ok: true })
    expect(await device.record(floor, 'headcount', { post: booth, count: 1 })).toMatchObject({ ok: true, operation: { n: 1 } })
    await device.syncNow()
    expect(device.status()).toMatchObject({ waiting: 2, undeliverable: 2, trouble: undefined })
  })

  test('a server of another version: everything stays, the phone says that the app must be updated, and tries later', async () => {
    await count(2)
    world.network = async () => problem('unknown-version', 400)
    await device.syncNow()
    expect(device.status()).toMatchObject({ waiting: 2, undeliverable: 0, trouble: 'unknown-version' })
    expect(await device.record(floor, 'headcount', { post: booth, count: 1 })).toMatchObject({ ok: true })
    world.network = network
    await device.syncNow()
    expect(device.status()).toMatchObject({ waiting: 0, trouble: undefined })
  })

  test('a phone that was set back to an older copy of itself notices, before it uses a number twice', async () => {
    world.network = async (request) => {
      const answer = await (await network(request)).json() as { accepted: Record<string, number> }
      answer.accepted[device.identity()!.device] = 7
      return Response.json(answer)
    }
    await device.syncNow()
    expect(device.identity()).toMatchObject({ frozen: true })
  })

  test('revoked: what is about people goes, what was not sent stays', async () => {
    const attendee = { ticket: 'WALK0001', alias: '王阿姨' }
    await device.record('roster:v-main', 'attendee', attendee)
    await device.syncNow()
    await device.record('roster:v-main', 'attendee', { ticket: 'WALK0002', alias: '李师傅' })
    await checkIn(world, device, 30)
    const otherTab = await phone.open()
    answerOnce(() => problem('device-revoked', 403))
    await device.syncNow()
    expect(device.identity()).toMatchObject({ revoked: true })
    expect(device.status()).toMatchObject({ waiting: 2, undeliverable: 2, trouble: 'device-revoked' })
    expect([...device.state().attendees.keys()]).toEqual(['WALK0002'])
    expect(device.festival()).toBeDefined()
    expect(await device.record(floor, 'headcount', { post: booth, count: 1 })).toEqual({ ok: false, fault: 'device-revoked' })
    await until(() => otherTab.identity()?.revoked === true && otherTab.state().attendees.size === 1)
    otherTab.close()
    const reopened = await phone.open()
    expect([...reopened.state().attendees.keys()]).toEqual(['WALK0002'])
    expect(reopened.status().waiting).toBe(2)
    reopened.close()
  })
})
