import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Device } from '../../src/device'
import type { SyncRequest } from '../../src/protocol/sync'
import { sentIn } from './fakes'
import { checkIn, postNamed } from './scene'
import { makeWorld, type TestPhone, type World } from './world'

const minute = 60_000

let world: World
let network: World['network']
/** One that no test has used yet. */
let activity: string
let activities = 0
const opened: Device[] = []
beforeAll(async () => {
  world = await makeWorld()
  network = world.network
})
beforeEach(async () => {
  activity = `a-small-${++activities}`
  await plan(3)
})
afterEach(() => {
  world.network = network
  for (const device of opened.splice(0)) device.close()
})
afterAll(() => world.stop())

/** The organiser writes it down anew. */
async function plan(capacity: number | null): Promise<void> {
  const body = { type: 'activity', id: activity, value: {
    name: { zh: '小课堂' }, venue: 'v-main', start: '2023-05-20T09:00:00+08:00', end: '2023-05-20T12:00:00+08:00', capacity,
  } }
  const { log, own, notifier } = world.services
  notifier.publish(await log.write((transaction) => own.write(transaction, [{ stream: 'programme', kind: 'put', body }], world.now)))
}

/** A volunteer's phone that works there and has heard what it may give away. */
async function worker(phone: TestPhone = world.phone()): Promise<Device> {
  const device = await phone.joined()
  opened.push(device)
  await device.workAt(postNamed(device, activity))
  await device.syncNow()
  return device
}
const left = (device: Device) => device.room(postNamed(device, activity))?.left
/** The word of the verdict, or why it was refused. */
async function scan(device: Device, number: number): Promise<string> {
  const result = await checkIn(world, device, number, activity)
  if ('fault' in result) return result.fault
  return result.verdict.kind === 'refused' ? result.verdict.reason : result.verdict.kind
}
/** Exchanges until nothing moves any more. */
async function syncAll(...devices: Device[]): Promise<void> {
  for (let round = 0; round < 4; round++) for (const device of devices) await device.syncNow()
}
const noNetwork = () => Promise.reject(new TypeError('no network'))
/** What the next requests say; every answer is lost. */
function loseAnswers(): SyncRequest[] {
  const requests: SyncRequest[] = []
  world.network = async (request) => {
    requests.push(await sentIn(request))
    await network(request)
    throw new TypeError('the answer is lost')
  }
  return requests
}

describe('a phone at a post with a capacity', { timeout: 20_000 }, () => {
  test('has its share at the first exchange, and the next phone what is left', async () => {
    const [one, two] = [await worker(), await worker()]
    expect([left(one), left(two)]).toEqual([2, 1])
    await syncAll(one, two)
    expect([left(one), left(two)]).toEqual([2, 1])
  })

  test('gives away what it holds without a network, and no more; letting in anyway takes none', async () => {
    const [one, two] = [await worker(), await worker()]
    world.network = noNetwork
    expect([await scan(one, 20), await scan(one, 20), await scan(one, 21), await scan(one, 22)]).toEqual(['admitted', 'repeat', 'admitted', 'no-place'])
    expect([await scan(two, 23), await scan(two, 24)]).toEqual(['admitted', 'no-place'])
    const refused = await checkIn(world, one, 25, activity)
    expect(refused).toMatchObject({ verdict: { kind: 'refused', reason: 'no-place', room: { capacity: 3, admitted: 2, left: 0 } } })
    const ticket = 'verdict' in refused && refused.verdict.ticket || ''
    expect(await one.admitAnyway(postNamed(one, activity), ticket, 'camera', '领导同意')).toMatchObject({ verdict: { kind: 'admitted' } })
    expect(left(one)).toBe(0)
  })

  test('admits one code once in two tabs, and never gives away one place twice', async () => {
    const phone = world.phone()
    const one = await worker(phone)
    const other = await phone.open()
    opened.push(other)
    const words = await Promise.all([scan(one, 20), scan(other, 21), scan(one, 22), scan(other, 23)])
    expect(words.filter((word) => word === 'admitted')).toHaveLength(2)
    expect(words.filter((word) => word === 'no-place')).toHaveLength(2)
  })

  test('has its place back when it takes a check-in back', async () => {
    const one = await worker()
    const result = await checkIn(world, one, 20, activity)
    expect(left(one)).toBe(1)
    if ('operation' in result && result.operation) await one.undo(result.operation, 'by mistake')
    expect(left(one)).toBe(2)
  })

  test('asks for more as it uses what it has, down to the last place', async () => {
    const one = await worker()
    for (const number of [20, 21, 22, 23]) {
      expect(await scan(one, number)).toBe(number < 23 ? 'admitted' : 'no-place')
      await one.syncNow()
    }
  })

  test('knows its places again after a reload', async () => {
    const phone = world.phone()
    const one = await worker(phone)
    await scan(one, 20)
    const again = await phone.open()
    opened.push(again)
    expect(left(again)).toBe(1)
  })
})

describe('places come back', { timeout: 20_000 }, () => {
  test('all of them from a phone that goes to another post', async () => {
    const [one, two] = [await worker(), await worker()]
    await scan(one, 20)
    await one.workAt(postNamed(one, 'b-r1'))
    await syncAll(one, two)
    expect([left(one), left(two)]).toEqual([0, 1])
    for (const number of [21, 22]) {
      expect(await scan(two, number)).toBe('admitted')
      await two.syncNow()
    }
    expect(await scan(two, 23)).toBe('no-place')
  })

  test('not from a phone without a network, which may come back to its post', async () => {
    const one = await worker()
    world.network = noNetwork
    world.pass(5 * minute)
    await one.workAt(postNamed(one, 'b-r1'))
    await one.syncNow()
    await one.workAt(postNamed(one, activity))
    expect(await scan(one, 20)).toBe('admitted')
    world.network = network
    await syncAll(one)
    expect(left(one)).toBe(1)
  })

  test('to whoever turned somebody away, from whoever has them idle', async () => {
    const [one, two] = [await worker(), await worker()]
    expect([await scan(two, 20), await scan(two, 21)]).toEqual(['admitted', 'no-place'])
    await syncAll(two, one, two)
    expect(await scan(two, 21)).toBe('admitted')
    expect(await scan(two, 22)).toBe('no-place')
    await syncAll(two, one, two)
    expect(await scan(two, 22)).toBe('admitted')
    expect([left(one), left(two)]).toEqual([0, 0])
  })

  test('once, when the answer to a return is lost, and when the page dies between the promise and the request', async () => {
    const phone = world.phone()
    const one = await worker(phone)
    const requests = loseAnswers()
    await one.workAt(postNamed(one, 'b-r1'))
    await one.syncNow()
    expect(requests.at(-1)?.leases?.[activity]).toEqual({ keep: expect.anything() as unknown })
    // The server has them; this phone doesn't know that, and counts on none of them any more.
    expect(left(one)).toBe(0)
    world.network = network
    one.close()
    const again = await phone.open()
    opened.push(again)
    expect(left(again)).toBe(0)
    await syncAll(again)
    const returns = (await world.services.log.operationsOfKind('control', 'lease.return')).map(({ body }) => JSON.parse(body ?? '') as { id: string; places: number })
    expect(returns.filter(({ id }) => id.startsWith(`${one.identity()?.device}-`))).toEqual([{ id: expect.any(String) as unknown, places: 2 }])
    const two = await worker()
    expect(left(two)).toBe(2)
  })

  test('from a phone that keeps far more than it needs', async () => {
    await plan(100)
    const one = await worker()
    expect(left(one)).toBe(5)
    for (let number = 20; number < 50; number++) {
      await scan(one, number)
      if (number % 3 === 0) await one.syncNow()
    }
    await syncAll(one)
    expect(left(one)).toBeGreaterThanOrEqual(15)
    world.pass(20 * minute)
    await syncAll(one)
    expect(left(one)).toBe(5)
  })

  test('of a phone that was revoked, once the server has all that counts of it', async () => {
    const [one, two] = [await worker(), await worker()]
    await scan(one, 20)
    await one.syncNow()
    const { log, own, notifier } = world.services
    const body = { device: one.identity()?.device, after: 1 }
    notifier.publish(await log.write((transaction) => own.write(transaction, [{ stream: 'control', kind: 'device.revoke', body }], world.now)))
    // Before it hears of that it may use its last place; that counts nowhere.
    await scan(one, 21)
    await scan(two, 22)
    await syncAll(two)
    expect(left(two)).toBe(1)
  })
})

test('a capacity that is lowered takes nothing away, and grants nothing until there is room', { timeout: 20_000 }, async () => {
  const [one, two] = [await worker(), await worker()]
  await plan(1)
  await syncAll(one, two)
  expect([await scan(one, 20), await scan(one, 21), await scan(two, 22), await scan(two, 23)]).toEqual(['admitted', 'admitted', 'admitted', 'no-place'])
  await syncAll(one, two)
  expect(await scan(two, 23)).toBe('no-place')
  await plan(null)
  await syncAll(one, two)
  expect([await scan(two, 23), await scan(one, 24)]).toEqual(['admitted', 'admitted'])
})

test('of a log that was put back a phone believes no lease, and asks anew', { timeout: 20_000 }, async () => {
  const one = await world.phone().joined()
  opened.push(one)
  const backup = await world.backUp()
  await one.workAt(postNamed(one, activity))
  await syncAll(one)
  expect(left(one)).toBe(2)
  await scan(one, 20)
  await world.restore(backup)
  const two = await worker()
  expect(left(two)).toBe(2)
  await syncAll(one, two)
  expect([left(one), left(two)]).toEqual([0, 2])
})
