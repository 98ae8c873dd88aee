import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CheckedSyncRequest } from '../../src/protocol/sync'
import { engines } from './engines'
import type { TestServer } from './testServer'
import { startTestServer } from './testServer'

/** docs/protocol.md, "Sync", over real HTTP, on every engine: receiving. */
describe.each(engines)('receiving on $name', (engine) => {
  let server: TestServer
  beforeAll(async () => { server = await startTestServer(engine) })
  afterAll(() => server.stop())

  test('names only streams with something new', async () => {
    const [phone] = await server.crew('volunteer')
    phone.checkIn('AAAA0001')
    const answer = await phone.sync({ batches: [await phone.batch()], cursors: { [phone.floor]: 0, [phone.roster]: 0 } })
    expect(Object.keys(answer.streams)).toEqual([phone.floor])
    expect((await phone.sync({ cursors: { [phone.floor]: 1, [phone.roster]: 0 } })).streams).toEqual({})
  })

  test('max counts operations over all streams, and more says that some were left', async () => {
    const [phone, reader] = await server.crew('volunteer', 'volunteer')
    for (let i = 0; i < 5; i++) phone.checkIn('AAAA0001')
    for (let i = 0; i < 3; i++) phone.write(phone.roster, 'attendee', { ticket: 'AAAA0001', alias: `${i}` })
    await phone.push()
    const cursors = { [phone.roster]: 0, [phone.floor]: 0 }
    const first = await reader.sync({ cursors, max: 5 })
    expect(first.more).toBe(true)
    expect(first.streams[phone.roster]).toMatchObject({ from: 1, head: 3 })
    expect(first.streams[phone.floor]).toMatchObject({ from: 1, head: 5 })
    expect(first.streams[phone.floor]?.ops).toHaveLength(2)
    const second = await reader.sync({ cursors: { [phone.roster]: 3, [phone.floor]: 2 }, max: 5 })
    expect(second.more).toBe(false)
    expect(second.streams).toEqual({ [phone.floor]: expect.objectContaining({ from: 3, head: 5 }) })
    expect(second.streams[phone.floor]?.ops).toHaveLength(3)
  })

  test('an answer holds at most 2,000', async () => {
    const [phone, reader] = await server.crew('volunteer', 'volunteer')
    for (let i = 0; i < 2_001; i++) phone.checkIn('AAAA0001')
    for (const from of [1, 1001, 2001]) await phone.sync({ batches: [await phone.batch(from, Math.min(from + 999, 2001))] })
    const answer = await reader.sync({ cursors: { [phone.floor]: 0 }, max: 100_000 })
    expect(answer.streams[phone.floor]?.ops).toHaveLength(2_000)
    expect(answer.more).toBe(true)
  })

  test('a stream that was not granted is 403, and nothing of the request is stored', async () => {
    const [volunteer, host] = await server.crew('volunteer', 'host')
    volunteer.checkIn('AAAA0001')
    const batches = [await volunteer.batch()]
    for (const stream of ['floor:v-main', 'visits:v-main', 'floor:*', 'nowhere']) {
      expect(await volunteer.refused({ batches, cursors: { [stream]: 0 } })).toMatchObject({ http: 403, code: 'stream-not-granted', stream })
    }
    expect(await host.refused({ have: { [host.roster]: {} } })).toMatchObject({ http: 403, code: 'stream-not-granted' })
    expect(await volunteer.read(volunteer.floor)).toEqual([])
  })

  test('an organiser reads every venue', async () => {
    const [volunteer, organiser] = await server.crew('volunteer', 'organiser')
    volunteer.checkIn('AAAA0001')
    await volunteer.push()
    expect(organiser.identity.streams).toContain('floor:*')
    expect(await organiser.read(volunteer.floor)).toHaveLength(1)
  })

  describe('have', () => {
    test('gives what is not held, and then a cursor', async () => {
      const [one, two, reader] = await server.crew('volunteer', 'volunteer', 'volunteer')
      for (let i = 0; i < 3; i++) one.checkIn('AAAA0001')
      for (let i = 0; i < 2; i++) two.checkIn('AAAA0002')
      await one.push()
      await two.push()
      const held = { [one.device]: 2 }
      const first = await reader.sync({ have: { [one.floor]: held }, max: 2 })
      expect(first.more).toBe(true)
      expect(first.streams[one.floor]?.ops.map(([device, n]) => [device, n])).toEqual([[one.device, 3], [two.device, 1]])
      const second = await reader.sync({ have: { [one.floor]: { [one.device]: 3, [two.device]: 1 } }, max: 2 })
      expect(second.more).toBe(false)
      expect(second.streams[one.floor]).toMatchObject({ head: 5 })
      expect(second.streams[one.floor]?.ops.map(([device, n]) => [device, n])).toEqual([[two.device, 2]])
      expect((await reader.sync({ cursors: { [one.floor]: 5 } })).streams).toEqual({})
    })

    test('says the head also when nothing is missing', async () => {
      const [phone] = await server.crew('volunteer')
      phone.checkIn('AAAA0001')
      await phone.push()
      const answer = await phone.sync({ have: { [phone.floor]: { [phone.device]: 1 } } })
      expect(answer.streams).toEqual({ [phone.floor]: { from: 1, head: 1, ops: [] } })
    })

    test('with a cursor too, only what comes after it is compared', async () => {
      const [one, reader] = await server.crew('volunteer', 'volunteer')
      for (let i = 0; i < 4; i++) one.checkIn('AAAA0001')
      await one.push()
      const answer = await reader.sync({ cursors: { [one.floor]: 2 }, have: { [one.floor]: { [one.device]: 3 } } })
      expect(answer.streams[one.floor]).toMatchObject({ from: 1, head: 4, ops: [[one.device, 4, expect.any(Number), 'checkin', expect.anything()]] })
      expect(await reader.refused({ cursors: { [one.floor]: 5 }, have: { [one.floor]: {} } })).toMatchObject({ http: 409, code: 'epoch' })
    })

    test('tells the server of operations it lacks', async () => {
      const [phone, reader] = await server.crew('volunteer', 'volunteer')
      await reader.sync({ have: { [phone.floor]: { [phone.device]: 17 } } })
      const organiser = await server.phone('organiser')
      const { body } = await organiser.get<{ devices: { device: string; missing: number }[] }>('/api/devices')
      expect(body.devices.find(({ device }) => device === phone.device)?.missing).toBe(17)
    })
  })

  describe('wait', () => {
    test('is held until a wanted stream has news', async () => {
      const [reader, writer] = await server.crew('volunteer', 'volunteer')
      const stranger = await server.phone('volunteer', server.venue())
      const waiting = reader.sync({ cursors: { [reader.floor]: 0 }, wait: 20 })
      stranger.checkIn('AAAA0001')
      await stranger.push()
      writer.checkIn('AAAA0002')
      await writer.push()
      const sent = performance.now()
      expect((await waiting).streams[reader.floor]?.ops).toHaveLength(1)
      expect(performance.now() - sent).toBeLessThan(1_000)
    })

    test('is not held when there is something to say, nor when something was brought', async () => {
      const [phone] = await server.crew('volunteer')
      phone.checkIn('AAAA0001')
      const began = performance.now()
      await phone.sync({ batches: [await phone.batch()], wait: 20 })
      expect((await phone.sync({ cursors: { [phone.floor]: 0 }, wait: 20 })).streams[phone.floor]?.ops).toHaveLength(1)
      expect(performance.now() - began).toBeLessThan(1_000)
    })

    test('ends when its time is over', async () => {
      const [phone] = await server.crew('volunteer')
      const began = performance.now()
      expect((await phone.sync({ cursors: { [phone.floor]: 0 }, wait: 0.3 })).streams).toEqual({})
      expect(performance.now() - began).toBeGreaterThan(290)
    })

    test('ends when nobody waits for the answer any more', async () => {
      const [phone] = await server.crew('volunteer')
      const [device] = await server.services.log.devices([phone.device])
      const began = performance.now()
      const request: CheckedSyncRequest = { v: 1, epoch: null, batches: [], cursors: { [phone.floor]: 0 }, have: {}, leases: {}, wait: 20 }
      const gone = new AbortController()
      setTimeout(() => gone.abort(), 50)
      if (device) await server.services.sync.exchange(device, request, gone.signal)
      expect(performance.now() - began).toBeLessThan(1_000)
    })

    test('ends for a device that is revoked meanwhile, whatever it waits for', async () => {
      const [one, other, organiser] = await server.crew('volunteer', 'volunteer', 'organiser')
      const { streams } = await one.sync({ cursors: { control: 0 } })
      const began = performance.now()
      const waiting = [one.refused({ cursors: { control: streams.control?.head ?? 0 }, wait: 20 }), other.refused({ cursors: { [other.floor]: 0 }, wait: 20 })]
      for (const { device } of [one, other]) await organiser.post(`/api/devices/${device}/revoke`, {})
      for (const answer of await Promise.all(waiting)) expect(answer).toMatchObject({ http: 403, code: 'device-revoked' })
      expect(performance.now() - began).toBeLessThan(15_000)
    })
  })
})
