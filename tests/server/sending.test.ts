import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engines } from './engines'
import type { TestServer } from './testServer'
import { startTestServer } from './testServer'

/** docs/protocol.md, "Sync", over real HTTP, on every engine: sending. */
describe.each(engines)('sending on $name', (engine) => {
  let server: TestServer
  beforeAll(async () => { server = await startTestServer(engine) })
  afterAll(() => server.stop())

  test('stores a batch, says how far, and gives each stream a dense sequence', async () => {
    const [one, two] = await server.crew('volunteer', 'volunteer')
    for (const ticket of ['AAAA0001', 'AAAA0002', 'AAAA0003']) one.checkIn(ticket)
    two.checkIn('AAAA0004')
    const answer = await one.push()
    await two.push()

    expect(answer).toMatchObject({ v: 1, epoch: server.services.epoch, accepted: { [one.device]: 3 }, root: { [one.device]: 3 }, quarantined: [], more: false })
    expect((await two.sync({ cursors: { [two.floor]: 0 } })).streams[two.floor]).toEqual({
      from: 1,
      head: 4,
      ops: [
        ...one.outbox.map(({ at, kind, body }, index) => [one.device, index + 1, at, kind, body]),
        [two.device, 1],
      ],
    })
  })

  test('sent twice changes nothing', async () => {
    const [phone] = await server.crew('volunteer')
    phone.checkIn('AAAA0001')
    const batch = await phone.batch()
    await phone.sync({ batches: [batch] })
    const again = await phone.sync({ batches: [batch, batch], cursors: { [phone.floor]: 0 } })
    expect(again.accepted).toEqual({ [phone.device]: 1 })
    expect(again.streams[phone.floor]?.ops).toEqual([[phone.device, 1]])
  })

  test('a batch that is known in part is stored from where it is new', async () => {
    const [phone] = await server.crew('volunteer')
    for (const ticket of ['AAAA0001', 'AAAA0002', 'AAAA0003']) phone.checkIn(ticket)
    await phone.sync({ batches: [await phone.batch(1, 2)] })
    const answer = await phone.sync({ batches: [await phone.batch(2, 3)], cursors: { [phone.floor]: 0 } })
    expect(answer.streams[phone.floor]?.ops).toEqual([[phone.device, 1], [phone.device, 2], [phone.device, 3]])
  })

  test('several batches in one request follow each other', async () => {
    const [phone] = await server.crew('volunteer')
    for (const ticket of ['AAAA0001', 'AAAA0002', 'AAAA0003']) phone.checkIn(ticket)
    const answer = await phone.sync({ batches: [await phone.batch(1, 2), await phone.batch(2, 3)] })
    expect(answer.accepted).toEqual({ [phone.device]: 3 })
  })

  test('nothing that is kept of a batch tells who brought it, whatever the courier may write itself', async () => {
    const [self, carried, courier, reader] = await server.crew('volunteer', 'volunteer', 'host', 'volunteer')
    for (const writer of [self, carried]) {
      writer.checkIn('AAAA0001')
      writer.write(writer.roster, 'attendee', { ticket: 'AAAA0001', alias: '海棠' })
      writer.write('control', 'ticket.revoke', { ticket: 'AAAA0001' })
    }
    const own = await self.push()
    const brought = await courier.sync({ batches: [await carried.batch()] })
    expect(brought.accepted).toEqual({ [courier.device]: 0, [carried.device]: own.accepted[self.device] })
    expect(brought.quarantined).toEqual(own.quarantined.map((aside) => ({ ...aside, device: carried.device })))
    const kept = async (device: string) => {
      const answer = await reader.sync({ cursors: { [reader.floor]: 0, [reader.roster]: 0 } })
      return Object.values(answer.streams).flatMap(({ ops }) => ops.filter(([writer]) => writer === device).map(([, ...rest]) => rest))
    }
    expect(await kept(carried.device)).toEqual(await kept(self.device))
    // And its writer hears of it as if it had come from there.
    expect(await carried.sync()).toMatchObject({ accepted: { [carried.device]: 3 }, root: { [carried.device]: 3 }, quarantined: brought.quarantined })
  })

  test('one n with two contents is 409 fork, and the device stays frozen', async () => {
    const [phone, other] = await server.crew('volunteer', 'volunteer')
    phone.checkIn('AAAA0001')
    await phone.push()
    const forged = await phone.sign(1, [{ ...phone.outbox[0], body: { post: 'a-open', ticket: 'AAAA0009', by: 'camera' } }])
    expect(await phone.refused({ batches: [forged] })).toMatchObject({ http: 409, code: 'fork', device: phone.device })

    phone.checkIn('AAAA0002')
    expect(await phone.refused({ batches: [await phone.batch(2)] })).toMatchObject({ http: 409, code: 'fork' })
    expect(await other.refused({ batches: [await phone.batch(2)] })).toMatchObject({ http: 409, code: 'fork' })
    expect(await other.read(other.floor)).toHaveLength(1)
  })

  test('one n with two contents in one request is a fork too', async () => {
    const [phone] = await server.crew('volunteer')
    phone.checkIn('AAAA0001')
    const other = await phone.sign(1, [{ ...phone.outbox[0], at: 1 }])
    expect(await phone.refused({ batches: [await phone.batch(), other] })).toMatchObject({ http: 409, code: 'fork' })
    expect(await phone.read(phone.floor)).toEqual([])
  })

  test('a batch past accepted + 1 is 409 gap with what is needed, and nothing of the request is stored', async () => {
    const [phone, other] = await server.crew('volunteer', 'volunteer')
    for (const ticket of ['AAAA0001', 'AAAA0002', 'AAAA0003']) phone.checkIn(ticket)
    other.checkIn('AAAA0004')
    await phone.sync({ batches: [await phone.batch(1, 1)] })
    const refusal = await phone.refused({ batches: [await other.batch(), await phone.batch(3, 3)] })
    expect(refusal).toMatchObject({ http: 409, code: 'gap', device: phone.device, need: 2 })
    expect(await phone.read(phone.floor)).toHaveLength(1)
  })

  test('a batch that was not signed by its device is refused', async () => {
    const [phone, other] = await server.crew('volunteer', 'volunteer')
    phone.checkIn('AAAA0001')
    const batch = await phone.batch()
    const faults = [
      { ...batch, sig: (await other.sign(1, phone.outbox)).sig },
      { ...batch, ops: [{ ...phone.outbox[0], at: 5 }] },
      { ...batch, from: 2 },
      { ...batch, sig: batch.sig.slice(0, -4) },
      await phone.sign(1, phone.outbox, 'another-festival'),
    ]
    for (const fault of faults) expect(await phone.refused({ batches: [fault] })).toMatchObject({ http: 400, code: 'bad-signature' })
    expect(await phone.refused({ batches: [{ ...batch, device: '000000000000' }] })).toMatchObject({ http: 400, code: 'unknown-device' })
    expect(await phone.read(phone.floor)).toEqual([])
  })

  test('a courier brings batches of others, and what they may write is judged by who wrote them', async () => {
    const [volunteer, host] = await server.crew('volunteer', 'host')
    const stranger = await server.phone('volunteer', server.venue())
    volunteer.write(volunteer.roster, 'attendee', { ticket: 'AAAA0001', alias: '牡丹' })
    host.write(host.roster, 'attendee', { ticket: 'AAAA0002', alias: '丁香' })
    const answer = await stranger.sync({ batches: [await volunteer.batch(), await host.batch()] })
    expect(answer.accepted).toEqual({ [stranger.device]: 0, [volunteer.device]: 1, [host.device]: 1 })
    expect(answer.root).toEqual(answer.accepted)
    expect(answer.quarantined).toEqual([expect.objectContaining({ device: host.device, n: 1, code: 'stream-not-granted' })])
    expect(await volunteer.read(volunteer.roster)).toEqual([[volunteer.device, 1]])
  })

  test('no time is a reason to refuse', async () => {
    const [phone] = await server.crew('volunteer')
    const times = [0, Number.MAX_SAFE_INTEGER, 1]
    for (const at of times) phone.checkIn('AAAA0001', 'a-open', at)
    const answer = await phone.push()
    expect(answer).toMatchObject({ accepted: { [phone.device]: 3 }, quarantined: [] })
    const other = await server.phone('volunteer', phone.venue)
    expect((await other.read(phone.floor)).map(([, , at]) => at)).toEqual(times)
  })

  test('an unknown kind is stored and passed on', async () => {
    const [phone, other] = await server.crew('volunteer', 'volunteer')
    const { at } = phone.write(phone.floor, 'weather', { rain: true, deep: [{ a: 1 }] })
    await phone.push()
    expect(await other.read(other.floor)).toEqual([[phone.device, 1, at, 'weather', { rain: true, deep: [{ a: 1 }] }]])
  })

  test('fields that this version does not know change nothing', async () => {
    const [phone, other] = await server.crew('volunteer', 'volunteer')
    const operation = { ...phone.checkIn('AAAA0001'), colour: 'red' }
    await phone.sync({ batches: [await phone.sign(1, [operation])], ...{ mood: 'fine' } })
    expect(await other.read(other.floor)).toEqual([[phone.device, 1, operation.at, 'checkin', operation.body]])
    const again = await phone.sync({ batches: [await phone.sign(1, [operation])] })
    expect(again.accepted).toEqual({ [phone.device]: 1 })
  })

  test('another one is 409 with the present one; none is fine', async () => {
    const [phone] = await server.crew('volunteer')
    phone.checkIn('AAAA0001')
    const { epoch } = server.services
    expect(await phone.refused({ epoch: 'of-old', batches: [await phone.batch()] })).toMatchObject({ http: 409, code: 'epoch', epoch })
    expect(await phone.read(phone.floor)).toEqual([])
    expect((await phone.sync({ epoch })).epoch).toBe(epoch)
  })

  test('a cursor past the end was taken from another log', async () => {
    const [phone] = await server.crew('volunteer')
    expect(await phone.refused({ cursors: { [phone.floor]: 7 } })).toMatchObject({ http: 409, code: 'epoch', epoch: server.services.epoch })
  })
})
