import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { JoinResponse } from '../../src/protocol/join'
import type { Problem } from '../../src/protocol/problem'
import { exportPublicKey, makeKeyPair } from '../../src/protocol/signature'
import { engines } from './engines'
import { startTestHub, type TestHub } from './hubServer'
import { Phone, request } from './phone'
import { startTestServer, type TestServer } from './testServer'

const [sqlite, postgres] = engines as [typeof engines[number], typeof engines[number]]
vi.setConfig({ testTimeout: 40_000 })
/** A noisy machine; nothing here takes as long by itself. */
const patience = { timeout: 20_000, interval: 20 }
const eventually = <T>(ask: () => Promise<T>) => expect.poll(ask, patience)

/** Of every row of a stream: whose, which, and what it says. */
async function rowsOf(phone: Phone, stream: string): Promise<[device: string, n: number, body: unknown][]> {
  return (await phone.read(stream)).map(([device, n, , , body]) => [device, n, body])
}

describe.each([
  ['a hub on SQLite, its city on SQLite', sqlite, sqlite],
  ['a hub on PostgreSQL, its city on SQLite', postgres, sqlite],
] as const)('%s', (_what, hubEngine, cityEngine) => {
  let city: TestServer
  let hub: TestHub
  let venue: string
  let atCity: Phone
  let inPark: Phone
  beforeAll(async () => { city = await startTestServer(cityEngine) })
  afterAll(() => city.stop())
  beforeEach(async () => {
    venue = city.venue()
    hub = await startTestHub(city, hubEngine, 'lead', venue)
    atCity = await city.phone('volunteer', venue)
    inPark = (await city.phone('volunteer', venue)).at(hub.origin)
    // Before its network fails.
    await Promise.all([arrive(atCity), arrive(inPark)])
  })
  afterEach(() => hub.dispose())

  const park = (phone: Phone) => phone.at(hub.origin)
  /** As `park`, once the hub has heard of it. */
  const arrive = async (phone: Phone) => {
    await eventually(async () => (await park(phone).post('/api/sync', { v: 2 })).status).toBe(400)
    return park(phone)
  }
  const rootOf = async (phone: Phone) => (await phone.sync()).root[phone.device]

  test('what is written in the park is in the city, and the other way round, once and in its order', async () => {
    for (const ticket of ['AAAA0001', 'AAAA0002', 'AAAA0003']) inPark.checkIn(ticket)
    expect((await inPark.push()).accepted).toEqual({ [inPark.device]: 3 })
    atCity.checkIn('BBBB0001')
    await atCity.push()
    await eventually(() => rowsOf(atCity, atCity.floor)).toHaveLength(4)
    await eventually(() => rowsOf(inPark, inPark.floor)).toHaveLength(4)
    expect((await rowsOf(park(atCity), atCity.floor)).filter(([device]) => device === inPark.device).map(([, n]) => n)).toEqual([1, 2, 3])
    await eventually(() => rootOf(inPark)).toBe(3)
    // The city verified the phone's own signature, and has it in its books.
    const [record] = await city.services.log.devices([inPark.device])
    expect(record).toMatchObject({ accepted: 3 })
    expect(await city.services.log.hub.batchesAbove(inPark.device, 0)).toMatchObject([{ from: 1, count: 3 }])
  })

  test('root says what the city has, and accepted what the hub has; both are kept when it starts again without a network', async () => {
    inPark.checkIn('AAAA0001')
    await inPark.push()
    await eventually(() => rootOf(inPark)).toBe(1)
    hub.connected = false
    inPark.checkIn('AAAA0002')
    expect(await inPark.push()).toMatchObject({ accepted: { [inPark.device]: 2 }, root: { [inPark.device]: 1 } })
    await hub.stop()
    await hub.start()
    inPark = park(inPark)
    expect(await inPark.sync()).toMatchObject({ accepted: { [inPark.device]: 2 }, root: { [inPark.device]: 1 } })
    expect(await inPark.read('programme')).not.toHaveLength(0)
    hub.connected = true
    await eventually(() => rootOf(inPark)).toBe(2)
  })

  test('a phone that comes from the city brings its own, is spared what it has, and goes back the same way', async () => {
    atCity.checkIn('AAAA0001')
    await atCity.push()
    const other = await city.phone('volunteer', venue)
    other.checkIn('BBBB0001')
    await other.push()
    const have = { [other.device]: 1 }
    await eventually(() => rowsOf(inPark, inPark.floor)).toHaveLength(2)
    const moved = park(atCity)
    expect((await moved.sync({ have: { [moved.floor]: have } })).accepted).toEqual({ [moved.device]: 0 })
    const answer = await moved.sync({ batches: [await moved.batch()], have: { [moved.floor]: have } })
    expect(answer).toMatchObject({ accepted: { [moved.device]: 1 }, root: { [moved.device]: 1 } })
    // Its own, told by the city before it came, stands there once: nothing is downloaded but its own name.
    expect(answer.streams[moved.floor]?.ops).toEqual([[moved.device, 1]])
    moved.checkIn('AAAA0002')
    await moved.push()
    await eventually(() => rootOf(atCity)).toBe(2)
    const back = await atCity.sync({ batches: [await atCity.batch()], have: { [moved.floor]: have } })
    expect(back.streams[moved.floor]?.ops).toEqual([[moved.device, 1], [moved.device, 2]])
  })

  test('killed for good with what it had not passed on: the phones bring everything to the city', async () => {
    hub.connected = false
    for (const ticket of ['AAAA0001', 'AAAA0002']) inPark.checkIn(ticket)
    expect((await inPark.push()).root).toEqual({ [inPark.device]: 0 })
    await hub.stop()
    const moved = inPark.at(city.origin)
    expect((await moved.sync()).accepted).toEqual({ [moved.device]: 0 })
    expect((await moved.push()).root).toEqual({ [moved.device]: 2 })
    expect(await rowsOf(atCity, atCity.floor)).toHaveLength(2)
    await hub.start()
  })

  test('a phone that nobody knew joins in the park, with the city’s invite; without the city it is told so', async () => {
    const lead = await arrive(await city.phone('lead', venue))
    const { body: { code } } = await lead.post<{ code: string }>('/api/invites', { role: 'volunteer', venue })
    hub.connected = false
    const key = await exportPublicKey((await makeKeyPair(false)).publicKey)
    const refused = await request<Problem>(hub.origin, '/api/join', { method: 'POST', body: JSON.stringify({ code, name: '新手机', key }) })
    expect(refused.body).toMatchObject({ status: 503, code: 'upstream-unreachable' })
    hub.connected = true
    const joined = await Phone.join(hub.origin, code, '新手机')
    expect(joined.identity).toMatchObject({ role: 'volunteer', venue, epoch: hub.services.epoch } satisfies Partial<JoinResponse>)
    hub.connected = false
    joined.checkIn('AAAA0001')
    expect((await joined.push()).accepted).toEqual({ [joined.device]: 1 })
    // Of one that joined in the city meanwhile the hub can't know.
    const stranger = park(await city.phone('volunteer', venue))
    const asked = async () => (await stranger.post<Problem>('/api/sync', { v: 1 })).body.code
    await eventually(asked).toBe('upstream-unreachable')
    hub.connected = true
    await eventually(asked).toBe(undefined)
    expect(await request<Problem>(hub.origin, '/api/sync', { method: 'POST', token: 'nobody', body: '{"v":1}' })).toMatchObject({ status: 401 })
  })

  test('tickets and revocations are the city’s, asked for in the park', async () => {
    const lead = await arrive(await city.phone('lead', venue))
    expect((await lead.post<{ tickets: unknown[] }>('/api/tickets', { count: 2 })).body.tickets).toHaveLength(2)
    inPark.checkIn('AAAA0001')
    await inPark.push()
    expect((await lead.post(`/api/devices/${inPark.device}/revoke`, {})).body).toEqual({ device: inPark.device, after: 1 })
    await eventually(async () => (await inPark.post<Problem>('/api/sync', { v: 1 })).body.code).toBe('device-revoked')
    hub.connected = false
    expect(await lead.post('/api/tickets', { count: 2 })).toMatchObject({ status: 503, body: { code: 'upstream-unreachable' } })
  })

  test('what was forgotten before it was passed on goes up as it was signed, and is blanked then', async () => {
    hub.connected = false
    inPark.write(inPark.roster, 'attendee', { ticket: 'AAAA0001', alias: '牡丹' })
    inPark.write(inPark.roster, 'attendee.forget', { ticket: 'AAAA0001' })
    inPark.checkIn('AAAA0001')
    await inPark.push()
    hub.connected = true
    await eventually(() => rootOf(inPark)).toBe(3)
    const forgotten = [[inPark.device, 1, null], [inPark.device, 2, { ticket: 'AAAA0001' }]]
    expect(await rowsOf(atCity, atCity.roster)).toEqual(forgotten)
    await eventually(() => rowsOf(park(atCity), atCity.roster)).toEqual(forgotten)
  })

  test('what somebody in the city forgets is blanked in the park', async () => {
    inPark.write(inPark.roster, 'attendee', { ticket: 'AAAA0001', alias: '牡丹' })
    await inPark.push()
    await eventually(() => rootOf(inPark)).toBe(1)
    atCity.write(atCity.roster, 'attendee.forget', { ticket: 'AAAA0001' })
    await atCity.push()
    await eventually(() => rowsOf(park(atCity), atCity.roster)).toContainEqual([inPark.device, 1, null])
  })

  test('a phone brings what it has blanked to a hub that has not seen it: the city takes it for what it has whole', async () => {
    atCity.write(atCity.roster, 'attendee', { ticket: 'AAAA0001', alias: '牡丹' })
    await atCity.push()
    hub.connected = false
    const moved = park(atCity)
    moved.outbox[0] = { ...moved.outbox[0]!, body: null }
    moved.checkIn('AAAA0002')
    await moved.push()
    hub.connected = true
    await eventually(() => rootOf(moved)).toBe(2)
    expect(await rowsOf(park(inPark), inPark.roster)).toEqual([[moved.device, 1, null]])
  })

  test('one device that the city will not hear stops no other', async () => {
    const copy = await city.phone('volunteer', venue)
    const original = await arrive(copy)
    hub.connected = false
    original.checkIn('AAAA0001')
    await original.push()
    const forged = await copy.sign(1, [{ ...original.outbox[0], body: { post: 'a-open', ticket: 'BBBB0001', by: 'typed' } }])
    await copy.sync({ batches: [forged] })
    inPark.checkIn('AAAA0002')
    await inPark.push()
    hub.connected = true
    await eventually(() => rootOf(inPark)).toBe(1)
    await eventually(async () => (await hub.services.log.devices([copy.device]))[0]?.frozen).toBe(true)
    expect(await original.refused({ batches: [await original.batch()] })).toMatchObject({ code: 'fork' })
  })

  test('what the hub puts aside uses up its number in the city too', async () => {
    hub.connected = false
    inPark.write('control', 'ticket.revoke', { ticket: 'AAAA0001' })
    inPark.write(inPark.floor, 'headcount', [])
    inPark.checkIn('AAAA0001')
    expect((await inPark.push()).quarantined.map(({ n, code }) => [n, code])).toEqual([[1, 'stream-not-granted'], [2, 'malformed']])
    hub.connected = true
    await eventually(() => rootOf(inPark)).toBe(3)
    expect((await inPark.at(city.origin).sync()).quarantined.map(({ n }) => n)).toEqual([1, 2])
  })

  test('says until when it knows of the others in the city', async () => {
    await eventually(async () => (await inPark.sync({ cursors: { [inPark.floor]: 0 } })).known?.[inPark.floor]).toBeGreaterThan(0)
    hub.connected = false
    const lost = hub.services.now()
    await eventually(async () => hub.services.now() - lost).toBeGreaterThan(50)
    const { known, now } = await inPark.sync({ cursors: { [inPark.floor]: 0 } })
    expect(known?.[inPark.floor]).toBeLessThan(now - 50)
  })
})
