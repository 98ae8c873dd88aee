import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { clockAt } from '../../src/domain/clock'
import type { Measures } from '../../src/domain/measures'
import type { Problem } from '../../src/protocol/problem'
import type { Report } from '../../src/server/reports/summary'
import { engines } from './engines'
import type { Phone } from './phone'
import type { TestServer } from './testServer'
import { start, startTestServer } from './testServer'

const at = (time: string, day = '2023-05-20') => clockAt(Date.parse(`${day}T${time}+08:00`))

describe.each(engines)('the summary on $name', (engine) => {
  let server: TestServer
  let organiser: Phone
  beforeAll(async () => { server = await startTestServer(engine) })
  afterAll(() => server.stop())
  beforeEach(async () => { organiser = await server.phone('organiser') })

  const ask = async (query: string) => (await organiser.get<Report>(`/api/reports/summary?${query}`)).body
  const rowOf = (report: Report, key: string): Partial<Measures> | undefined => report.rows.find((row) => row.key === key)

  test('counts visits, people and headcounts after voids, repeats and late arrivals, by zone and by booth', async () => {
    const [one, two] = [await server.phone(), await server.phone()]
    // Written by `one`: a run of eleven minutes at the repair booth, and one check-in that is taken back.
    one.checkIn('AAAA0001', 'b-g1', at('10:00:00'))
    one.checkIn('AAAA0001', 'b-g1', at('10:10:00'))
    one.checkIn('AAAA0001', 'b-g1', at('10:10:01'))
    one.checkIn('AAAA0002', 'b-g1', at('10:02:00'))
    one.write(one.floor, 'void', { device: one.device, n: 4, reason: 'mistake' })
    one.checkIn('AAAA0003', 'b-y1', at('10:03:00'))
    one.write(one.floor, 'headcount', { post: 'b-g2', count: 5 }, at('10:05:00'))
    one.write(one.floor, 'headcount', { post: 'b-g2', count: -1 }, at('10:06:00'))
    one.write(one.floor, 'service', { booth: 'b-g1', service: 's-appliance', count: 2, outcome: 'fixed' }, at('10:06:00'))
    // Written by `two` earlier and heard later: it joins the first run of `one` and becomes its first.
    two.checkIn('AAAA0001', 'b-g1', at('09:55:00'))
    two.checkIn('AAAA0003', 'b-g1', at('10:04:00'))
    two.write(two.floor, 'void', { device: one.device, n: 8, reason: 'not ours' })
    await one.push()
    const before = await ask('by=zone&venue=v-main')
    expect(rowOf(before, 'z-green')).toMatchObject({ visits: 2, people: 1, headcount: 4 })
    await two.push()

    const byZone = await ask('by=zone&venue=v-main')
    expect(byZone.total).toMatchObject({ visits: 4, people: 2, headcount: 5 })
    expect(rowOf(byZone, 'z-green')).toMatchObject({ visits: 3, people: 2, headcount: 5, services: [{ service: 's-appliance', unit: '件', outcome: 'fixed', count: 2 }] })
    expect(rowOf(byZone, 'z-gold')).toMatchObject({ visits: 1, people: 1, headcount: 0 })
    const byBooth = await ask('by=booth&venue=v-main')
    expect(rowOf(byBooth, 'b-g1')).toMatchObject({ visits: 3, people: 2, headcount: 0 })
    expect(rowOf(byBooth, 'b-g2')).toMatchObject({ visits: 0, people: 0, headcount: 5 })
    expect(byBooth.rows.map(({ key }) => key)).toEqual(byBooth.rows.map(({ key }) => key).sort())
    expect(Date.parse(byBooth.asOf)).toBeGreaterThanOrEqual(start)
  })

  test('sent again, brought by another, and split otherwise, it is the same', async () => {
    const [writer, courier] = await server.crew('volunteer', 'volunteer')
    for (let i = 0; i < 20; i++) writer.checkIn(`BBBB00${10 + i}`, 'b-g3')
    await writer.push()
    const before = await ask(`by=booth&venue=${writer.venue}`)
    await courier.sync({ batches: [await writer.batch(1, 7), await writer.batch(5, 20)] })
    const after = await ask(`by=booth&venue=${writer.venue}`)
    expect({ ...after, asOf: before.asOf }).toEqual(before)
  })

  test('what a revoked phone wrote afterwards counts nowhere', async () => {
    const [lost, courier] = await server.crew('volunteer', 'volunteer')
    lost.checkIn('AAAA0001', lost.venue)
    lost.checkIn('AAAA0002', lost.venue)
    await courier.sync({ batches: [await lost.batch()] })
    await organiser.post(`/api/devices/${lost.device}/revoke`, { after: 1 })
    expect((await ask(`by=venue&venue=${lost.venue}`)).total).toMatchObject({ visits: 1, people: 1 })
  })

  test('from and to are days of the festival’s zone, the last one whole, or instants', async () => {
    const [phone] = await server.crew('volunteer')
    phone.checkIn('AAAA0001', phone.venue, at('00:00:00', '2023-05-21'))
    phone.checkIn('AAAA0002', phone.venue, at('23:59:59', '2023-05-21'))
    phone.checkIn('AAAA0003', phone.venue, at('00:00:00', '2023-05-22'))
    await phone.push()
    const visits = async (query: string) => (await ask(`by=hour&venue=${phone.venue}&${query}`)).total.visits
    expect(await visits('')).toBe(3)
    expect(await visits('from=2023-05-21&to=2023-05-21')).toBe(2)
    expect(await visits('from=2023-05-22')).toBe(1)
    expect(await visits('to=2023-05-20')).toBe(0)
    expect(await visits('from=2023-05-21T23:59:59%2B08:00')).toBe(2)
    expect(await visits('from=2023-05-21T15:59:59Z&to=2023-05-21T16:00:00Z')).toBe(1)
    expect(await visits(`from=${Date.parse('2023-05-21T15:59:59Z')}&to=${Date.parse('2023-05-21T16:00:00Z')}`)).toBe(1)
    expect(await visits('from=2023-05-21T23:59:59+08:00&to=2023-05-22T00:00:00+08:00')).toBe(1)
  })

  test('says which phones may still hold records', async () => {
    const [quiet, live] = await server.crew('volunteer', 'volunteer')
    await server.services.log.write((transaction) => transaction.noteHeard(quiet.device, start - 10 * 60_000, 0))
    await live.sync({ have: { [live.floor]: { [quiet.device]: 12 } } })
    const { waiting } = await ask(`by=day&venue=${quiet.venue}`)
    expect(waiting.filter(({ device }) => device === quiet.device || device === live.device)).toEqual([
      { device: quiet.device, name: `volunteer ${quiet.venue}`, lastHeard: new Date(start - 10 * 60_000).toISOString(), atLeast: 12 },
    ])
  })

  test('is for a lead the own venue’s, asked for or not', async () => {
    const [lead, volunteer] = await server.crew('lead', 'volunteer')
    volunteer.checkIn('AAAA0001', volunteer.venue)
    await volunteer.push()
    for (const query of ['', `?venue=${lead.venue}`]) {
      expect((await lead.get<Report>(`/api/reports/summary${query}`)).body.total.visits).toBe(1)
    }
    expect((await lead.get<Problem>('/api/reports/summary?venue=v-main')).body).toMatchObject({ status: 403, code: 'venue-not-allowed' })
  })

  test('with wrong questions is 400', async () => {
    for (const query of ['by=score', 'from=yesterday', 'to=2023-13-01', 'from=2023-02-30', 'to=20']) {
      expect([query, (await organiser.get<Problem>(`/api/reports/summary?${query}`)).body.code]).toEqual([query, 'malformed-request'])
    }
  })
})
