import { IDBObjectStore } from 'fake-indexeddb'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Device } from '../../src/device'
import { sendWhatWaits } from '../../src/device/background'
import { Outbox } from '../../src/device/outbox'
import { signBatch, type Batch } from '../../src/protocol/batch'
import { readHandOver, writeHandOver } from '../../src/protocol/handover'
import { sentIn } from './fakes'
import { booth, floor, stateHash } from './scene'
import { makeWorld, type Network, type TestPhone, type World } from './world'

/** A phone without a network hands what it wrote to another, which brings it to the server. */
let world: World
let network: Network
let phones: TestPhone[]
let devices: Device[]
beforeAll(async () => {
  world = await makeWorld()
  network = world.network
})
beforeEach(async () => {
  world.network = network
  phones = [world.phone(), world.phone()]
  devices = await Promise.all(phones.map((phone) => phone.joined()))
  world.network = offline
})
afterEach(() => { for (const device of devices) device.close() })
afterAll(() => world.stop())

/** One more phone, which joins while there is a network. */
async function third(): Promise<Device> {
  phones.push(world.phone())
  world.network = network
  devices.push(await phones[2]!.joined())
  world.network = offline
  return devices[2]!
}

const offline: Network = () => Promise.reject(new TypeError('no network'))
const roster = 'roster:v-main'

async function count(device: Device, times = 1): Promise<void> {
  for (let i = 0; i < times; i++) await device.record(floor, 'headcount', { post: booth, count: 1 })
}

async function handedOver(device: Device): Promise<string> {
  const outcome = await device.handOver()
  if (!outcome.ok) throw new Error(outcome.code)
  return outcome.text
}

function batchesIn(text: string): Batch[] {
  const reading = readHandOver(text)
  if (!reading.ok) throw new Error(reading.code)
  return reading.handOver.batches
}

/** How much of a phone the server has. */
async function accepted(device: Device): Promise<number | undefined> {
  const [record] = await world.services.log.devices([device.identity()!.device])
  return record?.accepted
}

/** Whatever this phone is told to sign. */
async function signedBy(phone: TestPhone, from: number, counts: readonly number[], festival?: string): Promise<Batch> {
  const outbox = new Outbox(phone.ports)
  const { identities, current } = await outbox.read()
  outbox.close()
  const identity = identities.find(({ device }) => device === current)!
  const ops = counts.map((n, index) => ({ at: world.now * 4096 + index, stream: floor, kind: 'headcount', body: { post: booth, count: n } }))
  return signBatch(identity.keys.privateKey, festival ?? identity.festival.id, { device: identity.device, from, ops })
}

const bring = (device: Device, ...batches: Batch[]) => device.receive(writeHandOver(device.identity()!.festival.id, batches))

test('what a phone hands over without a network is brought by another, and the first hears of it when it comes back', async () => {
  const [giver, courier] = devices as [Device, Device]
  await count(giver, 3)
  await count(courier)
  const given = await giver.handOver()
  expect(given).toMatchObject({ ok: true, operations: 3 })
  expect(await courier.receive(await handedOver(giver))).toEqual({ ok: true, operations: 3, fresh: 3 })
  expect(courier.status()).toMatchObject({ waiting: 1, carried: 3, carriedAside: [] })
  await courier.syncNow()
  expect(courier.status()).toMatchObject({ waiting: 1, carried: 3, carriedAside: [], trouble: 'offline' })

  world.network = network
  await courier.syncNow()
  expect(courier.status()).toMatchObject({ waiting: 0, carried: 0, trouble: undefined })
  expect(await accepted(giver)).toBe(3)
  expect(giver.status().waiting).toBe(3)
  await giver.syncNow()
  expect(giver.status()).toMatchObject({ waiting: 0, halfway: 0, trouble: undefined })
  expect(await stateHash(giver)).toBe(await stateHash(courier))
  expect(await giver.handOver()).toEqual({ ok: false, code: 'nothing' })
})

test('received twice it is there once; handed over again it is only what is new', async () => {
  const [giver, courier] = devices as [Device, Device]
  await count(giver, 2)
  const first = await handedOver(giver)
  await courier.receive(first)
  expect(await courier.receive(first)).toEqual({ ok: true, operations: 2, fresh: 0 })
  await count(giver, 1)
  const second = await handedOver(giver)
  expect(batchesIn(second).slice(0, 1)).toEqual(batchesIn(first))
  expect(await courier.receive(second)).toEqual({ ok: true, operations: 3, fresh: 1 })
  expect(courier.status().carried).toBe(3)
  world.network = network
  await courier.syncNow()
  // A file that was forgotten somewhere comes once more: it is brought once more, which changes nothing.
  expect(await courier.receive(first)).toMatchObject({ ok: true, fresh: 0 })
  await courier.syncNow()
  expect(courier.status()).toMatchObject({ carried: 0, carriedAside: [] })
  expect(await accepted(giver)).toBe(3)
})

test('carriers hand over also what they carry', async () => {
  const [giver, first] = devices as [Device, Device]
  const second = await third()
  await count(giver, 2)
  await count(first, 1)
  await first.receive(await handedOver(giver))
  expect(await second.receive(await handedOver(first))).toEqual({ ok: true, operations: 3, fresh: 3 })
  world.network = network
  await second.syncNow()
  expect(await Promise.all([giver, first].map(accepted))).toEqual([2, 1])
  await first.syncNow()
  expect(first.status()).toMatchObject({ waiting: 0, carried: 0 })
})

test('what was received is there when the page was closed at once, and the service worker brings it', async () => {
  const [giver, courier] = devices as [Device, Device]
  await count(giver, 2)
  const taken = courier.receive(await handedOver(giver))
  expect(await taken).toMatchObject({ ok: true })
  courier.close()
  devices[1] = await phones[1]!.open()
  expect(devices[1].status().carried).toBe(2)
  devices[1].close()
  await expect(sendWhatWaits(phones[1]!.ports)).rejects.toThrow('2 operations still wait')
  world.network = network
  await sendWhatWaits(phones[1]!.ports)
  expect(await accepted(giver)).toBe(2)
  devices[1] = await phones[1]!.open()
  expect(devices[1].status().carried).toBe(0)
})

test('another tab knows at once what is carried', async () => {
  const tab = await phones[1]!.open()
  await count(devices[0]!, 2)
  await tab.receive(await handedOver(devices[0]!))
  await expect.poll(() => devices[1]!.status().carried).toBe(2)
  tab.close()
})

test('own operations that come back are left to go by themselves, and harm nothing', async () => {
  const [giver] = devices as [Device]
  await count(giver, 2)
  expect(await giver.receive(await handedOver(giver))).toEqual({ ok: true, operations: 2, fresh: 0 })
  expect(giver.status()).toMatchObject({ waiting: 2, carried: 0 })
  world.network = network
  await giver.syncNow()
  expect(giver.status()).toMatchObject({ waiting: 0, carried: 0, trouble: undefined })
})

describe('a batch that the server will not take stays aside with its reason, and stops nothing else', () => {
  test('what continues another one is taken once that has come', async () => {
    const [giver, courier] = devices as [Device, Device]
    const [first, second] = [await signedBy(phones[0]!, 1, [1, 2]), await signedBy(phones[0]!, 3, [3])]
    await bring(courier, second)
    await count(courier)
    world.network = network
    await courier.syncNow()
    expect(courier.status()).toMatchObject({ waiting: 0, carried: 1, trouble: undefined })
    expect(courier.status().carriedAside).toEqual([{ device: giver.identity()!.device, operations: 1, why: 'gap' }])
    // It goes along to whoever takes this phone's place.
    expect(batchesIn(await handedOver(courier))).toEqual([second])
    await bring(courier, first)
    await courier.syncNow()
    expect(courier.status()).toMatchObject({ carried: 0, carriedAside: [] })
    expect(await accepted(giver)).toBe(3)
  })

  test('forged, of two minds, of nobody, too much: each has its name', async () => {
    const [giver, courier] = devices as [Device, Device]
    const other = await third()
    const sound = await signedBy(phones[2]!, 1, [1])
    const [one, two] = [await signedBy(phones[0]!, 1, [1]), await signedBy(phones[0]!, 1, [2])]
    await bring(courier,
      { ...sound, ops: [{ ...sound.ops[0]!, at: 7 }] }, one, two, { ...sound, device: 'zzzzzzzzzzzz' },
      await signedBy(phones[2]!, 2, Array.from({ length: 1_001 }, () => 1)), sound)
    world.network = network
    await courier.syncNow()
    expect(courier.status().carriedAside.map(({ why }) => why).sort()).toEqual(['bad-signature', 'fork', 'too-large', 'unknown-device'])
    expect(await accepted(other)).toBe(1)
    expect([await accepted(giver), courier.status().carried]).toEqual([1, 1_004])
    // Nothing of that is about this phone.
    expect(courier.identity()).not.toHaveProperty('frozen', true)
    await count(courier)
    await courier.syncNow()
    expect(courier.status()).toMatchObject({ waiting: 0, trouble: undefined })
  })

  test('one that gets no answer lets this phone hear all the same', async () => {
    const [giver, courier] = devices as [Device, Device]
    const other = await third()
    await count(giver)
    await courier.receive(await handedOver(giver))
    world.network = async (request) => {
      const { batches = [] } = await sentIn(request)
      return batches.length > 0 && batches[0]!.device === giver.identity()!.device ? offline(request) : network(request)
    }
    await count(other)
    await other.syncNow()
    await courier.syncNow()
    expect(await stateHash(courier)).toBe(await stateHash(other))
    expect(courier.status()).toMatchObject({ carried: 1, carriedAside: [] })
    world.network = network
    await courier.syncNow()
    expect(courier.status()).toMatchObject({ carried: 0, trouble: undefined })
  })

  test('at a hub it is kept until the topmost server has it', async () => {
    const [giver, courier] = devices as [Device, Device]
    await count(giver, 2)
    await courier.receive(await handedOver(giver))
    const device = giver.identity()!.device
    world.network = async (request) => {
      const answer = await (await network(request)).json() as { root: Record<string, number> }
      return Response.json({ ...answer, root: { ...answer.root, [device]: 1 } })
    }
    await courier.syncNow()
    expect(courier.status()).toMatchObject({ carried: 2, carriedAside: [{ device, operations: 2, why: 'halfway' }], trouble: undefined })
    world.network = network
    await courier.syncNow()
    expect(courier.status()).toMatchObject({ carried: 0, carriedAside: [] })
  })
})

describe('what can not be received says why, and nothing is kept of it', () => {
  test('of another festival, of another program, cut off, nothing', async () => {
    const [giver, courier] = devices as [Device, Device]
    await count(giver)
    const text = await handedOver(giver)
    const reasons = await Promise.all([
      writeHandOver('f-other', batchesIn(text)), '{"list":[]}', text.slice(0, -9), '', 'x'.repeat(10_000_000),
    ].map((odd) => courier.receive(odd)))
    expect(reasons.map((outcome) => !outcome.ok && outcome.code)).toEqual(['other-festival', 'foreign', 'damaged', 'foreign', 'foreign'])
    expect(courier.status().carried).toBe(0)
  })

  test('by a phone that has not joined, or that was taken out', async () => {
    const [giver, courier] = devices as [Device, Device]
    await count(giver)
    const text = await handedOver(giver)
    const stranger = await world.phone().open()
    expect(await stranger.receive(text)).toEqual({ ok: false, code: 'not-joined' })
    expect(await stranger.handOver()).toEqual({ ok: false, code: 'not-joined' })
    stranger.close()
    await courier.receive(text)
    await count(courier, 2)
    await revoke(courier)
    expect(courier.identity()?.revoked).toBe(true)
    expect(await courier.receive(text)).toEqual({ ok: false, code: 'device-revoked' })
    // What it had not sent, its own and others', leaves it by a courier.
    const left = await handedOver(courier)
    const other = await third()
    expect(await other.receive(left)).toMatchObject({ ok: true, operations: 3 })
    world.network = network
    await other.syncNow()
    expect(await Promise.all([giver, courier].map(accepted))).toEqual([1, 2])
  })

  test('when the phone can not store it, it says so', async () => {
    const [giver, courier] = devices as [Device, Device]
    await count(giver)
    const text = await handedOver(giver)
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => { throw new DOMException('full', 'QuotaExceededError') })
    expect(await courier.receive(text)).toEqual({ ok: false, code: 'storage-full' })
    put.mockRestore()
    expect(courier.status().carried).toBe(0)
    expect(await courier.receive(text)).toMatchObject({ ok: true, fresh: 1 })
  })
})

test('of somebody forgotten nothing is handed over that was blanked', async () => {
  const [giver, courier] = devices as [Device, Device]
  world.network = network
  await giver.record(roster, 'attendee', { ticket: 'WALK0001', alias: '王桂兰' })
  await giver.syncNow()
  await courier.record(roster, 'attendee.forget', { ticket: 'WALK0001' })
  await courier.syncNow()
  await giver.syncNow()
  await count(giver)
  const backup = await world.backUp()
  await world.restore(backup)
  // The new log has not spoken of this phone yet.
  world.network = async (request) => {
    const response = await network(request)
    return request.url.endsWith('/api/sync') && response.ok ? offline(request) : response
  }
  await giver.syncNow()
  const batches = batchesIn(await handedOver(giver))
  expect(batches).toHaveLength(1)
  expect(batches[0]).toMatchObject({ from: 2, ops: [{ kind: 'headcount' }] })
})

/** The organiser takes a phone out, and it hears of it. */
async function revoke(device: Device): Promise<void> {
  world.network = network
  const organiser = await world.phone().joined('organiser')
  await organiser.record('control', 'device.revoke', { device: device.identity()!.device, after: 0 })
  await organiser.syncNow()
  organiser.close()
  await device.syncNow()
}
