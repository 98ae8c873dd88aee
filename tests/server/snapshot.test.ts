import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Problem } from '../../src/protocol/problem'
import type { Snapshot, SnapshotPage } from '../../src/protocol/snapshot'
import { Snapshots, snapshotRules } from '../../src/server/snapshot/snapshots'
import { engines } from './engines'
import type { Phone } from './phone'
import type { TestServer } from './testServer'
import { startTestServer } from './testServer'

/** Small enough that a few operations make pages. */
const rules = { ...snapshotRules, enough: 8, rows: 4 }
type Row = [device: string, n: number, at: number, kind: string, body: unknown]

describe.each(engines)('snapshots on $name', (engine) => {
  let server: TestServer
  beforeAll(async () => { server = await startTestServer(engine, { snapshots: rules }) })
  afterAll(() => server.stop())

  const addressOf = (stream: string, epoch = server.services.epoch) => `/api/snapshot/${epoch}/${encodeURIComponent(stream)}`
  const ask = async (phone: Phone, stream: string) => (await phone.get<Snapshot>(addressOf(stream))).body
  const fetchPage = (phone: Phone, stream: string, { id }: Pick<SnapshotPage, 'id'>, headers: Record<string, string> = {}) =>
    fetch(`${server.origin}${addressOf(stream)}/${id}`, { headers: { authorization: `Bearer ${phone.identity.token}`, ...headers } })
  const rowsIn = async (phone: Phone, stream: string, page: SnapshotPage): Promise<Row[]> =>
    JSON.parse(gunzipSync(Buffer.from(await (await fetchPage(phone, stream, page)).arrayBuffer())).toString()) as Row[]
  const everyRow = async (phone: Phone, stream: string, { pages }: Snapshot): Promise<Row[]> =>
    (await Promise.all(pages.map((page) => rowsIn(phone, stream, page)))).flat()
  /** Attendees with tickets all over, a void, and a kind that nobody knows. */
  async function fill(phone: Phone, people = 20): Promise<void> {
    for (let i = 0; i < people; i++) phone.write(phone.roster, 'attendee', { ticket: `${'0123456789ABCDEFGHJKMNPQRSTVWXYZ'[(i * 7) % 32]}AAAA00${i % 10}`, alias: `来宾${i}` })
    phone.write(phone.roster, 'void', { device: phone.device, n: 1, reason: '写错了' })
    phone.write(phone.roster, 'lantern', { lit: true })
    await phone.push()
  }

  test('are a stream in pages: every row once, sealed by their hashes, attendees by ticket', async () => {
    const [phone, reader] = await server.crew('volunteer', 'volunteer')
    await fill(phone)
    const snapshot = await ask(reader, reader.roster)
    expect(snapshot).toMatchObject({ seq: 22, have: { [phone.device]: 22 } })
    const ranges = snapshot.pages.filter(({ from }) => from !== undefined)
    for (const page of snapshot.pages) {
      const response = await fetchPage(reader, reader.roster, page, { 'accept-encoding': 'gzip' })
      const bytes = Buffer.from(await response.arrayBuffer())
      expect(response.headers.get('content-encoding')).toBeNull()
      expect(response.headers.get('cache-control')).toContain('immutable')
      expect(bytes.length).toBe(page.bytes)
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(page.sha256)
      const rows = JSON.parse(gunzipSync(bytes).toString()) as Row[]
      expect(rows).toHaveLength(page.rows)
      expect(rows.length).toBeLessThanOrEqual(4)
      const [, next] = ranges.slice(ranges.indexOf(page))
      for (const [, , , kind, body] of rows) {
        expect(kind === 'attendee').toBe(page.from !== undefined)
        if (page.from === undefined) continue
        const { ticket } = body as { ticket: string }
        expect(ticket >= page.from && (next?.from === undefined || ticket < next.from)).toBe(true)
      }
    }
    const inOrder = (await everyRow(reader, reader.roster, snapshot)).sort(([, a], [, b]) => a - b)
    expect(inOrder).toEqual(await reader.read(reader.roster))
  })

  test('leave all pages as they are but those that something was added to', async () => {
    const [phone, reader] = await server.crew('volunteer', 'volunteer')
    for (let i = 0; i < 10; i++) phone.checkIn('AAAA0001')
    await fill(phone)
    const ids = ({ pages }: Snapshot) => pages.map(({ id }) => id)
    const [floor, roster] = [await ask(reader, reader.floor), await ask(reader, reader.roster)]
    // Too little for another one: it comes as the tail.
    for (let i = 0; i < 8; i++) phone.checkIn('AAAA0002')
    phone.write(phone.roster, 'attendee', { ticket: '0AAAA000', alias: '又一位' })
    await phone.push()
    expect(await ask(reader, reader.floor)).toEqual(floor)
    for (let i = 0; i < 8; i++) {
      phone.checkIn('AAAA0003')
      phone.write(phone.roster, 'attendee', { ticket: '0AAAA000', alias: `又一位${i}` })
    }
    await phone.push()
    const [laterFloor, laterRoster] = [await ask(reader, reader.floor), await ask(reader, reader.roster)]
    expect(laterFloor.seq).toBe(26)
    expect(ids(laterFloor).slice(0, 2)).toEqual(ids(floor).slice(0, 2))
    expect(laterRoster.seq).toBe(31)
    expect(ids(laterRoster).filter((id) => ids(roster).includes(id)).length).toBeGreaterThanOrEqual(ids(roster).length - 1)
    // Whoever began with the former one finishes with it.
    expect((await everyRow(reader, reader.floor, floor))).toHaveLength(10)
  })

  test('go with whom they tell of, and come back without', async () => {
    const [phone, reader] = await server.crew('volunteer', 'volunteer')
    await fill(phone)
    const before = await ask(reader, reader.roster)
    phone.write(phone.roster, 'attendee.forget', { ticket: '7AAAA001' })
    await phone.push()
    for (const page of before.pages) expect((await fetchPage(reader, reader.roster, page)).status).toBe(404)
    const after = await ask(reader, reader.roster)
    expect(after).toMatchObject({ seq: 23, have: { [phone.device]: 23 } })
    const rows = await everyRow(reader, reader.roster, after)
    expect(rows).toHaveLength(22)
    expect(JSON.stringify(rows)).not.toContain('来宾1"')
  })

  test('are not stored when somebody is forgotten while they are made', async () => {
    const [phone, reader] = await server.crew('volunteer', 'volunteer')
    await fill(phone)
    let interrupted = 0
    const slow = new Snapshots(server.services.log, { ...rules, async gzip(bytes) {
      if (interrupted++ === 0) {
        phone.write(phone.roster, 'attendee.forget', { ticket: '7AAAA001' })
        await phone.push()
      }
      return rules.gzip(bytes)
    } })
    const snapshot = await slow.current(phone.roster)
    expect(snapshot.seq).toBe(23)
    expect(JSON.stringify(await everyRow(reader, reader.roster, snapshot))).not.toContain('来宾1"')
  })

  test('made by several at once are one and the same', async () => {
    const [phone] = await server.crew('volunteer')
    await fill(phone)
    const many = Array.from({ length: 4 }, () => new Snapshots(server.services.log, rules))
    const made = await Promise.all(many.map((snapshots) => snapshots.current(phone.roster)))
    for (const snapshot of made) expect(snapshot).toEqual(made[0])
  })

  test('are for whoever may read the stream, in this log, and where they are worth it', async () => {
    const [phone, host] = await server.crew('volunteer', 'host')
    await fill(phone)
    const refusal = async (asking: Phone, path: string) => (await asking.get<Problem>(path)).body
    expect(await refusal(host, addressOf(host.roster))).toMatchObject({ status: 403, code: 'stream-not-granted' })
    expect(await refusal(phone, addressOf('visits:v-main'))).toMatchObject({ status: 403, code: 'stream-not-granted' })
    expect(await refusal(phone, addressOf(phone.roster, 'another'))).toMatchObject({ status: 409, code: 'epoch', epoch: server.services.epoch })
    expect(await refusal(phone, '/api/snapshot/another')).toMatchObject({ status: 409, code: 'epoch' })
    expect(await refusal(phone, `${addressOf(phone.roster)}/nothing`)).toMatchObject({ status: 404, code: 'not-found' })
    expect((await fetch(`${server.origin}${addressOf(phone.roster)}`)).status).toBe(401)
    expect(await ask(phone, phone.floor)).toEqual({ seq: 0, have: {}, pages: [] })
    const list = `/api/snapshot/${server.services.epoch}`
    expect((await phone.get(list)).body).toMatchObject({ streams: { programme: expect.any(Number), [phone.roster]: 22 } })
    expect((await host.get<{ streams: object }>(list)).body.streams).not.toHaveProperty([phone.roster])
  })
})
