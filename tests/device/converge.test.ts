import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device } from '../../src/device'
import { digestOf } from '../../src/domain/digest'
import { stateOf } from '../../src/domain/fold'
import type { Operation } from '../../src/domain/operation'
import { operationId } from '../../src/domain/operation'
import { canonicalHash } from '../../src/protocol/canonical'
import { booth, checkIn, floor, stateHash } from './scene'
import { makeWorld, type Network, type TestPhone, type World } from './world'

/** Phones and a server between which anything may get lost, come twice, or come late: in the end all hold the same, once. */
let world: World
let network: Network
beforeAll(async () => {
  world = await makeWorld()
  network = world.network
})
afterAll(() => world.stop())

const weathers = {
  fine: (request) => network(request),
  'request lost': () => Promise.reject(new TypeError('lost')),
  'reply lost': async (request) => {
    await network(request)
    throw new TypeError('lost')
  },
  'reply cut': async (request) => new Response((await (await network(request)).text()).slice(0, -9)),
  'sent twice': async (request) => {
    const again = request.clone()
    await network(request)
    return network(again)
  },
  busy: async () => Response.json({ code: 'not-ready', status: 503 }, { status: 503 }),
} satisfies Record<string, Network>

const phones = 3
const who = fc.nat(phones - 1)
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ does: fc.constant('scan' as const), who, ticket: fc.integer({ min: 60, max: 70 }) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('undo' as const), who }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('count' as const), who }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('restart' as const), who }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('hand over' as const), who, to: who }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 15 }) }) },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('sync' as const), who, weather: fc.constantFrom(...Object.keys(weathers) as (keyof typeof weathers)[]) }) },
)

/** What the server holds of the streams that these phones read, and its state. */
async function onServer(): Promise<Operation[]> {
  const { log } = world.services
  const found: Operation[] = []
  for (const stream of ['programme', 'control', 'roster:v-main', floor]) {
    const rows = await log.operations(stream, 0, Number.MAX_SAFE_INTEGER, 100_000)
    expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, index) => index + 1))
    found.push(...rows.map(({ device, n, at, kind, body }) => ({ device, n, at, stream, kind, body: JSON.parse(body ?? 'null') as unknown })))
  }
  return found
}

test('in any weather', async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (steps) => {
    world.network = network
    const owners: TestPhone[] = Array.from({ length: phones }, () => world.phone())
    const devices: Device[] = []
    for (const owner of owners) devices.push(await owner.joined())
    const written: Operation[] = []
    const note = (outcome: object) => {
      if ('operation' in outcome && outcome.operation) written.push(outcome.operation as Operation)
    }

    for (const action of steps) {
      if (action.does === 'wait') {
        world.now += action.minutes * 60_000
        continue
      }
      const device = devices[action.who]!
      if (action.does === 'scan') note(await checkIn(world, device, action.ticket))
      if (action.does === 'count') note(await device.record(floor, 'headcount', { post: booth, count: 1 }))
      if (action.does === 'undo') for (const { operation } of device.recent(1)) note(await device.undo(operation, '扫错了'))
      if (action.does === 'restart') {
        device.close()
        devices[action.who] = await owners[action.who]!.open()
      }
      if (action.does === 'hand over') {
        const outcome = await device.handOver()
        if (outcome.ok) expect(await devices[action.to]!.receive(outcome.text)).toMatchObject({ ok: true })
      }
      if (action.does === 'sync') {
        world.network = weathers[action.weather]
        await device.syncNow()
        const { waiting } = device.status()
        expect(waiting).toBeGreaterThanOrEqual(0)
      }
    }

    world.network = network
    for (const device of [...devices, ...devices]) await device.syncNow()
    const stored = await onServer()
    const ids = stored.map(operationId)
    expect(new Set(ids).size).toBe(ids.length)
    const mine = new Set(devices.map((device) => device.identity()!.device))
    const byPhones = stored.filter(({ device }) => mine.has(device)).sort((a, b) => (operationId(a) < operationId(b) ? -1 : 1))
    expect(byPhones).toEqual(written.sort((a, b) => (operationId(a) < operationId(b) ? -1 : 1)))
    const truth = await canonicalHash(digestOf(stateOf(stored)))
    for (const device of devices) {
      expect(device.status()).toMatchObject({ waiting: 0, carried: 0, quarantined: [], trouble: undefined })
      expect(await stateHash(device)).toBe(truth)
      device.close()
    }
  }), { numRuns: 15, seed: 20230520 })
}, 60_000)
