import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PlacesRequest, SyncRequest } from '../../src/protocol/sync'
import { listen } from '../../src/server/listen'
import { servicesOf } from '../../src/server/services'
import { engines } from './engines'
import type { Phone } from './phone'
import type { TestServer } from './testServer'
import { startTestServer } from './testServer'

/** docs/server.md, "Places", over real HTTP, on every engine. */
describe.each(engines)('places on $name', { timeout: 30_000 }, (engine) => {
  let server: TestServer
  let organiser: Phone
  beforeAll(async () => {
    server = await startTestServer(engine)
    organiser = await server.phone('organiser')
  }, 60_000)
  afterAll(() => server.stop())

  let activities = 0
  /** An activity that no other test uses. */
  async function plan(venue: string, capacity: number): Promise<string> {
    const id = `a-places-${++activities}`
    organiser.write('programme', 'put', { type: 'activity', id, value: {
      name: { zh: '课堂' }, venue, start: '2023-05-20T09:00:00+08:00', end: '2023-05-20T12:00:00+08:00', capacity,
    } })
    await organiser.push()
    return id
  }
  /** Everything that was granted and given back at an activity, by device. */
  async function books(activity: string): Promise<{ held: Record<string, number>; sum: number; leases: number }> {
    const control = (await organiser.read('control')).map(([, , , kind, body]) => ({ kind, body: body as { id: string; activity: string; device: string; places: number } }))
    const leases = control.filter(({ kind, body }) => kind === 'lease' && body.activity === activity).map(({ body }) => body)
    const held: Record<string, number> = {}
    for (const { id, device, places } of leases) {
      const back = control.filter(({ kind, body }) => kind === 'lease.return' && body.id === id).reduce((sum, { body }) => sum + body.places, 0)
      held[device] = (held[device] ?? 0) + places - back
    }
    return { held, sum: Object.values(held).reduce((sum, places) => sum + places, 0), leases: leases.length }
  }
  const ask = (phone: Phone, leases: PlacesRequest, more: Partial<SyncRequest> = {}) => phone.sync({ leases, ...more })

  test('are granted with the answer to who asks, as the server\'s own word, which everybody reads', async () => {
    const [phone, other] = await server.crew('volunteer', 'volunteer')
    const activity = await plan(phone.venue, 9)
    const control = (await phone.read('control')).length
    const { streams } = await ask(phone, { [activity]: { want: 4, ask: 1 } }, { cursors: { control } })
    const lease = [server.services.own.device, expect.any(Number), expect.any(Number), 'lease', { id: `${phone.device}-1`, activity, device: phone.device, places: 4 }]
    expect(streams.control?.ops).toEqual([lease])
    expect((await other.read('control')).at(-1)).toEqual(lease)
  })

  test('are granted once, however often and by however many a wish is heard', async () => {
    const [phone] = await server.crew('volunteer')
    const activity = await plan(phone.venue, 40)
    const wish: PlacesRequest = { [activity]: { want: 5, ask: 1 } }
    await Promise.all([1, 2, 3, 4].map(() => ask(phone, wish)))
    await ask(phone, wish)
    expect(await books(activity)).toEqual({ held: { [phone.device]: 5 }, sum: 5, leases: 1 })
  })

  test('are never more than there are, when sixteen phones ask at once at two servers on one log', async () => {
    const venue = server.venue()
    const activity = await plan(venue, 20)
    const beside = await servicesOf(server.services.log, { ...server.services })
    const listening = await listen(beside, 0, '127.0.0.1')
    const phones = await Promise.all(Array.from({ length: 16 }, () => server.phone('volunteer', venue)))
    for (let round = 1; round <= 3; round++) {
      await Promise.all(phones.flatMap((phone, index) => {
        const wish: PlacesRequest = { [activity]: { want: 3, ask: round } }
        return [ask(index % 2 === 0 ? phone : phone.at(`http://127.0.0.1:${listening.port}`), wish), ask(phone, wish)]
      }))
      const { sum, held } = await books(activity)
      expect(sum).toBeLessThanOrEqual(20)
      for (const places of Object.values(held)) expect(places).toBeLessThanOrEqual(3)
    }
    expect((await books(activity)).sum).toBe(20)
    await listening.close()
  })

  test('come back as a promise says, and not twice; then they are somebody else\'s', async () => {
    const [phone, other] = await server.crew('volunteer', 'volunteer')
    const activity = await plan(phone.venue, 2)
    await ask(phone, { [activity]: { want: 5, ask: 1 } })
    await ask(phone, { [activity]: { want: 5, ask: 2 } })
    expect((await books(activity)).held).toEqual({ [phone.device]: 1 })
    const promise: PlacesRequest = { [activity]: { keep: { [`${phone.device}-1`]: 0 } } }
    await Promise.all([ask(phone, promise), ask(phone, promise)])
    await ask(phone, { [activity]: { keep: { [`${phone.device}-1`]: 1, [`${other.device}-1`]: 0, nothing: 0 } } })
    await ask(other, { [activity]: { want: 1, ask: 1 } })
    expect((await books(activity)).held).toEqual({ [phone.device]: 0, [other.device]: 1 })
    // Nobody promises for somebody else.
    await ask(phone, { [activity]: { keep: { [`${other.device}-1`]: 0 } } })
    expect((await books(activity)).held).toEqual({ [phone.device]: 0, [other.device]: 1 })
  })

  test('are not granted to who has not brought what it wrote, reads only, works elsewhere, or asks where there is no capacity', async () => {
    const [phone] = await server.crew('volunteer')
    const activity = await plan(phone.venue, 2)
    phone.checkIn('AAAA0001', activity)
    await ask(phone, { [activity]: { want: 5, ask: 1, wrote: 1 } })
    await ask(await server.phone('volunteer', server.venue()), { [activity]: { want: 5, ask: 1 } })
    await ask(phone, { 'b-r1': { want: 5, ask: 2 }, 'a-nowhere': { want: 5, ask: 3 } })
    expect((await books(activity)).leases).toBe(0)
    // With it, the place that it used without a lease is counted.
    await ask(phone, { [activity]: { want: 5, ask: 1, wrote: 1 } }, { batches: [await phone.batch()] })
    expect((await books(activity)).held).toEqual({ [phone.device]: 1 })
  })

  test('that are wanted and not there are said to be, once until something moves', async () => {
    const [phone, other] = await server.crew('volunteer', 'volunteer')
    const activity = await plan(phone.venue, 1)
    await ask(phone, { [activity]: { want: 5, ask: 1 } })
    await ask(other, { [activity]: { want: 5, ask: 1 } })
    expect((await books(activity)).leases).toBe(1)
    await ask(other, { [activity]: { want: 5, ask: 1, turnedAway: true } })
    await ask(other, { [activity]: { want: 5, ask: 2, turnedAway: true } })
    expect(await books(activity)).toMatchObject({ held: { [phone.device]: 1, [other.device]: 0 }, leases: 2 })
    await ask(phone, { [activity]: { keep: { [`${phone.device}-1`]: 0 } } })
    await ask(other, { [activity]: { want: 5, ask: 2, turnedAway: true } })
    expect((await books(activity)).held).toEqual({ [phone.device]: 0, [other.device]: 1 })
  })

  test('of a wrong type are a wrong request', async () => {
    const [phone] = await server.crew('volunteer')
    for (const leases of [[], 3, { a: 3 }, { a: { want: -1 } }, { a: { want: 1.5 } }, { a: { keep: [] } }, { a: { keep: { b: 'c' } } }]) {
      expect(await phone.refused({ leases })).toMatchObject({ http: 400, code: 'malformed-request' })
    }
  })
})
