import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device } from '../../src/device'
import { freePlaces, roomAt, takersAt } from '../../src/domain/lease'
import { checkIn, floor, postNamed } from './scene'
import { makeWorld, type TestPhone, type World } from './world'

/**
 * docs/protocol.md, 7: whatever phones without a network do, and in whatever order what they wrote is heard, admitted minus overrides never exceeds
 * capacity; and once everybody has synced, free places go to whoever works there. The real phone and the real server, on SQLite.
 */

const count = 3
const phone = fc.integer({ min: 0, max: count - 1 })
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('scan' as const), phone, ticket: fc.integer({ min: 20, max: 29 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('admit anyway' as const), phone }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('undo' as const), phone }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('void another\'s' as const), phone, other: phone }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('sync' as const), phone }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('lose an answer' as const), phone }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('crash' as const), phone }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('go elsewhere' as const), phone }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('come back' as const), phone }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), minutes: fc.constantFrom(1, 12) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('plan' as const), capacity: fc.integer({ min: 0, max: 6 }) }) },
)
type Step = typeof step extends fc.Arbitrary<infer Kind> ? Kind : never

let world: World
let phones: TestPhone[]
const devices: Device[] = []
let activity = ''
let runs = 0
beforeAll(async () => {
  world = await makeWorld()
  phones = Array.from({ length: count }, () => world.phone())
  for (const one of phones) devices.push(await one.joined())
}, 60_000)
afterAll(async () => {
  for (const device of devices) device.close()
  await world.stop()
})

async function plan(capacity: number): Promise<void> {
  const body = { type: 'activity', id: activity, value: {
    name: { zh: '小课堂' }, venue: 'v-main', start: '2023-05-20T09:00:00+08:00', end: '2023-05-28T12:00:00+08:00', capacity, rule: 'visit',
  } }
  await world.services.log.write((transaction) => world.services.own.write(transaction, [{ stream: 'programme', kind: 'put', body }], world.now))
}
/** Only while it syncs does a phone have a network. */
async function sync(device: Device, answers: 'come' | 'are lost' = 'come'): Promise<void> {
  const { network } = world
  if (answers === 'are lost') {
    world.network = async (request) => {
      await network(request)
      throw new TypeError('lost')
    }
  }
  await device.syncNow()
  world.network = network
}
const idOf = (device: Device) => device.identity()?.device ?? ''
/** The check-ins that take a place, as each phone knows its own. */
const taken = () => devices.flatMap((device) => takersAt(device.state(), activity).get(idOf(device)) ?? [])

async function take(step: Step): Promise<void> {
  if (step.do === 'wait') return world.pass(step.minutes * 60_000)
  if (step.do === 'plan') return plan(step.capacity)
  const device = devices[step.phone]!
  switch (step.do) {
    case 'scan': return void await checkIn(world, device, step.ticket, activity)
    case 'admit anyway': return void await device.admitAnyway(postNamed(device, activity), 'K7M29QX4', 'typed', '场地负责人同意')
    case 'undo': {
      const [last] = device.recent(1)
      if (last) await device.undo(last.operation, 'by mistake')
      return
    }
    case 'void another\'s': {
      const [fact] = takersAt(device.state(), activity).get(idOf(devices[step.other]!)) ?? []
      if (fact && step.other !== step.phone) await device.record(floor, 'void', { device: fact.source.device, n: fact.source.n, reason: '' })
      return
    }
    case 'sync': return sync(device)
    case 'lose an answer': return sync(device, 'are lost')
    case 'crash': {
      device.close()
      devices[step.phone] = await phones[step.phone]!.open()
      return
    }
    case 'go elsewhere': return device.workAt(postNamed(device, 'b-r1'))
    case 'come back': return device.workAt(postNamed(device, activity))
  }
}
test('admitted minus overrides never exceeds capacity, and no free place is stranded', async () => {
  await fc.assert(fc.asyncProperty(fc.integer({ min: 0, max: 6 }), fc.array(step, { minLength: 10, maxLength: 40 }), async (capacity, steps) => {
    activity = `a-run-${++runs}`
    await plan(capacity)
    for (const device of devices) {
      await sync(device)
      await device.workAt(postNamed(device, activity))
    }
    let most = capacity
    for (const one of steps) {
      if (one.do === 'plan') most = Math.max(most, one.capacity)
      await take(one)
      expect(taken().length).toBeLessThanOrEqual(most)
    }
    // Places go from one to the other by several requests, and for half a minute they are kept for whoever called.
    for (let round = 0; round < 6; round++) {
      for (const device of devices) await sync(device)
      world.pass(31_000)
    }
    await world.services.record.refresh()
    const { state } = world.services.record
    const post = postNamed(devices[0]!, activity)
    expect(roomAt(state, post, '', {})?.admitted).toBeLessThanOrEqual(most)
    const free = freePlaces(state, state, activity, post.capacity ?? 0, new Map())
    for (const device of devices) {
      const left = device.room(post)?.left ?? 0
      if (device.post() !== activity) expect(left).toBe(0)
      else expect(free === 0 || left > 0).toBe(true)
    }
  }), { numRuns: 6, endOnFailure: true })
}, 180_000)
