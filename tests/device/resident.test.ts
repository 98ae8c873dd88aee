import { IDBFactory } from 'fake-indexeddb'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Mine } from '../../src/device/mine'
import { PublishedProgramme } from '../../src/device/programme'
import { until } from './fakes'
import { makeWorld, type Network, type TestPhone, type World } from './world'

let world: World
let network: Network
let phone: TestPhone
beforeAll(async () => {
  world = await makeWorld()
  network = world.network
})
beforeEach(() => {
  world.network = network
  phone = world.phone()
})
afterAll(() => world.stop())

const refusing = () => phone.ports.indexedDB.open = () => { throw new DOMException('private mode', 'SecurityError') }
const offline: Network = () => Promise.reject(new TypeError('no network'))

describe('the published programme', () => {
  test('is fetched once, and from then on is there without a network', async () => {
    const programme = new PublishedProgramme(phone.ports)
    expect(await programme.read()).toBeUndefined()
    const fetched = await programme.fetch()
    expect(fetched).toMatchObject({ ok: true, savedAt: world.now })
    world.network = offline
    const read = await new PublishedProgramme(phone.ports).read()
    expect(read?.programme.activities.length).toBeGreaterThan(100)
    expect(read).toEqual({ programme: fetched.ok && fetched.programme, savedAt: world.now })
    expect(await programme.fetch()).toEqual({ ok: false, code: 'offline' })
  })

  test('that has not changed costs a few bytes, and is as fresh as if it had', async () => {
    const programme = new PublishedProgramme(phone.ports)
    await programme.fetch()
    const statuses: number[] = []
    world.network = async (request) => {
      const response = await network(request)
      statuses.push(response.status)
      return response
    }
    world.now += 60_000
    expect(await programme.fetch()).toMatchObject({ ok: true, savedAt: world.now })
    expect(statuses).toEqual([304])
    expect((await programme.read())?.savedAt).toBe(world.now)
  })

  test.each([
    ['a captive portal’s page', async () => new Response('<html>', { headers: { 'content-type': 'text/html' } })],
    ['a proxy’s error', async () => new Response('bad gateway', { status: 502 })],
    ['another document', async () => Response.json({ v: 1, epoch: 'e', seq: 1 })],
    ['half of it', async (request) => new Response((await (await network(request)).text()).slice(0, 5_000))],
  ] satisfies [string, Network][])('is never replaced by %s', async (_name, answers) => {
    const programme = new PublishedProgramme(phone.ports)
    await programme.fetch()
    const before = await programme.read()
    world.network = async (request) => answers(new Request(request.url))
    world.now += 60_000
    expect(await programme.fetch()).toEqual({ ok: false, code: 'nonsense' })
    expect(await programme.read()).toEqual(before)
  })

  test('is not waited for longer than half a minute', async () => {
    let asked = false
    world.network = () => {
      asked = true
      return new Promise(() => {})
    }
    const fetched = new PublishedProgramme(phone.ports).fetch()
    await until(() => asked)
    world.pass(30_000)
    expect(await fetched).toEqual({ ok: false, code: 'offline' })
  })

  test('is shown, if not kept, where the browser stores nothing', async () => {
    refusing()
    const programme = new PublishedProgramme(phone.ports)
    const fetched = await programme.fetch()
    expect(fetched.ok && fetched.programme.activities.length).toBeGreaterThan(100)
    expect(fetched).not.toHaveProperty('savedAt', expect.anything())
    expect(await programme.read()).toBeUndefined()
  })
})

describe('what is kept', () => {
  test('stays, in the order in which it was kept, and each thing once', async () => {
    const mine = new Mine(phone.ports)
    for (const id of ['a-open', 'a-clay', 'a-open']) {
      world.now += 1_000
      expect(await mine.keep(id)).toBe(true)
    }
    expect(await new Mine(phone.ports).list()).toEqual(['a-open', 'a-clay'])
    expect(await mine.drop(['a-open', 'a-unknown'])).toBe(true)
    expect(await mine.list()).toEqual(['a-clay'])
  })

  test('is heard of in the other tabs, until they stop listening', async () => {
    const [mine, other] = [new Mine(phone.ports), new Mine(phone.ports)]
    let heard = 0
    const stop = other.watch(() => { heard++ })
    await mine.keep('a-open')
    await until(() => heard === 1)
    stop()
    await mine.drop(['a-open'])
    await new Promise((resolve) => { setTimeout(resolve, 5) })
    expect(heard).toBe(1)
  })

  test('is not said to be kept where the browser stores nothing', async () => {
    refusing()
    const mine = new Mine(phone.ports)
    expect(await mine.keep('a-open')).toBe(false)
    expect(await mine.list()).toBeUndefined()
  })

  test('is this phone’s alone', async () => {
    await new Mine(phone.ports).keep('a-open')
    expect(await new Mine({ ...phone.ports, indexedDB: new IDBFactory() }).list()).toEqual([])
  })
})
