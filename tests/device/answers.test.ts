import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Device } from '../../src/device'
import type { SyncResponse } from '../../src/protocol/sync'
import { until } from './fakes'
import { booth, floor, stateHash } from './scene'
import { makeWorld, type Network, type TestPhone, type World } from './world'

/** What comes back is believed only when it is a whole answer to what was asked. */
let world: World
let network: Network
let phone: TestPhone
let device: Device
let before: string
let writer: Device
beforeAll(async () => {
  world = await makeWorld()
  network = world.network
  writer = await world.phone().joined()
})
beforeEach(async () => {
  world.network = network
  phone = world.phone()
  device = await phone.joined()
  before = await stateHash(device)
  // Something new to be told of, so that a wrong answer has something to be wrong about.
  for (let n = 0; n < 3; n++) await writer.record(floor, 'headcount', { post: booth, count: 1 })
  await writer.syncNow()
})
afterEach(() => device.close())
afterAll(async () => {
  writer.close()
  await world.stop()
})

/** The server's answer, changed on its way. */
function changing(change: (answer: SyncResponse) => unknown): Network {
  return async (request) => Response.json(change(await (await network(request)).json() as SyncResponse))
}

const part = (answer: SyncResponse) => {
  const found = answer.streams[floor]
  if (!found) throw new Error('nothing new on the floor')
  return found
}
const html = '<html><body>请先登录无线网络</body></html>'

const nonsense: [string, Network][] = [
  ['a captive portal’s page', async () => new Response(html, { headers: { 'content-type': 'text/html' } })],
  ['that page, said to be JSON', async () => new Response(html, { headers: { 'content-type': 'application/json' } })],
  ['nothing', async () => new Response(null, { status: 204 })],
  ['half an answer', async (request) => new Response((await (await network(request)).text()).slice(0, -40))],
  ['another version', changing((answer) => ({ ...answer, v: 2 }))],
  ['an answer without what it acknowledges', changing(({ accepted: _accepted, ...answer }) => answer)],
  ['an answer about somebody else', changing((answer) => ({ ...answer, accepted: { zzzzzzzzzzzz: 3 } }))],
  ['numbers that are none', changing((answer) => ({ ...answer, now: 'noon' }))],
  ['a stream nobody asked for', changing((answer) => ({ ...answer, streams: { ...answer.streams, 'floor:v-other': part(answer) } }))],
  ['a hole before the first operation', changing((answer) => {
    part(answer).from += 1
    return answer
  })],
  ['more operations than the stream has', changing((answer) => {
    part(answer).head -= 1
    return answer
  })],
  ['somebody else’s operation without its body', changing((answer) => {
    part(answer).ops[1] = [writer.identity()!.device, 2]
    return answer
  })],
  ['more to come, and nothing of it, for ever', changing((answer) => ({ ...answer, streams: {}, more: true }))],
  ['an error page of a proxy', async () => new Response(html, { status: 502 })],
  ['a refusal nobody knows', async () => Response.json({ code: 'tea-time', status: 418 }, { status: 418 })],
  ['a redirect that is followed after all', async () => new Response(html)],
]

describe('is not believed', () => {
  test.each(nonsense)('%s', async (_name, answers) => {
    await device.record(floor, 'headcount', { post: booth, count: 1 })
    const stored = await stateHash(device)
    const { lastSuccess, knownUntil } = device.status()
    world.network = answers
    world.now += 60_000
    await device.syncNow()
    expect(device.status()).toMatchObject({ waiting: 1, trouble: 'nonsense', lastSuccess, knownUntil })
    expect(await stateHash(device)).toBe(stored)
    // The next whole answer brings everything.
    world.network = network
    await device.syncNow()
    expect(device.status()).toMatchObject({ waiting: 0, trouble: undefined, lastSuccess: world.now, knownUntil: world.now })
    expect(await stateHash(device)).not.toBe(before)
  })
})

describe('a request that hangs', () => {
  test('is cut after a while, also when nothing listens to the abort; an answer after that is never taken', async () => {
    await device.record(floor, 'headcount', { post: booth, count: 1 })
    let answerLate = () => {}
    world.network = (request) => new Promise((resolve) => { answerLate = () => resolve(network(request)) })
    const { lastSuccess } = device.status()
    const synced = device.syncNow()
    await until(() => answerLate.length === 0 && device.status().waiting === 1)
    await new Promise((resolve) => { setTimeout(resolve, 20) })
    world.pass(41_000)
    await synced
    answerLate()
    await new Promise((resolve) => { setTimeout(resolve, 20) })
    expect(device.status()).toMatchObject({ waiting: 1, trouble: 'timeout', lastSuccess })
    world.network = network
    await device.syncNow()
    expect(device.status()).toMatchObject({ waiting: 0, trouble: undefined })
  })

  test('and one whose body never ends', async () => {
    world.network = async () => new Response(new ReadableStream())
    const synced = device.syncNow()
    await new Promise((resolve) => { setTimeout(resolve, 20) })
    world.pass(41_000)
    await synced
    expect(device.status().trouble).toBe('timeout')
  })
})
