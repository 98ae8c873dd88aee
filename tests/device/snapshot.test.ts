import Dexie from 'dexie'
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Device } from '../../src/device'
import { openDevice } from '../../src/device'
import { operationOf, readPage } from '../../src/device/page'
import { browserPorts } from '../../src/device/ports'
import { Replica } from '../../src/device/replica'
import { attendeeOf } from '../../src/domain/attendees'
import { digestOf } from '../../src/domain/digest'
import { fold } from '../../src/domain/fold'
import { canonicalHash } from '../../src/protocol/canonical'
import type { Saying } from '../../src/server/sync/ownDevice'
import { snapshotRules } from '../../src/server/snapshot/snapshots'
import { booth, checkIn, floor, postNamed } from './scene'
import { makeWorld, type Network, type TestPhone, type World } from './world'

/** The sample's 120 people are a dozen pages. */
const rules = { ...snapshotRules, enough: 20, rows: 10 }
const roster = 'roster:v-main'
let world: World
// A server of its own for most tests, on a machine that may be busy.
vi.setConfig({ testTimeout: 20_000 })

const isPage = (path: string) => /^\/api\/snapshot\/[^/]+\/[^/]+\/[^/]+$/.test(path)
const pathOf = ({ url }: Request) => new URL(url).pathname

/** Paths asked from now on; `answer` may answer in the server's place. */
function watch(answer: (request: Request, path: string) => ReturnType<Network> | undefined = () => undefined): string[] {
  const asked: string[] = []
  const { network } = world
  world.network = (request) => {
    asked.push(decodeURIComponent(pathOf(request)))
    return answer(request, pathOf(request)) ?? network(request)
  }
  return asked
}

async function joins(phone: TestPhone): Promise<Device> {
  const device = await openDevice(phone.ports)
  expect(await device.join(await world.invite(), '测试手机')).toEqual({ ok: true })
  return device
}

async function say(...sayings: Saying[]): Promise<void> {
  const { log, own, notifier } = world.services
  notifier.publish(await log.write((transaction) => own.write(transaction, sayings, world.now)))
}
const about = (ticket: string, alias: string, phoneTail = '0000'): Saying => ({ stream: roster, kind: 'attendee', body: { ticket, alias, phoneTail } })

/** Everything that a phone has of the roster, in pages and in the state, as it counts. */
async function wholeHash(phone: TestPhone, device: Device): Promise<string> {
  const replica = new Replica(phone.ports)
  for (const { stream, rows } of await shelved(replica)) fold(device.state(), rows.map((row) => operationOf(stream, row)))
  replica.close()
  return canonicalHash(digestOf(device.state()))
}

async function shelved(replica: Replica) {
  const { shelf } = replica
  const { snapshots } = await replica.read(0)
  const pages = await Promise.all(snapshots.map(async ({ stream }) => ({ stream, pages: await shelf.bytes(stream, [...await shelf.ids(stream)]) })))
  return Promise.all(pages.flatMap(({ stream, pages: list }) => list.map(async (bytes) => ({ stream, rows: await readPage(browserPorts(), bytes) }))))
}

describe('joining a venue with a large roster', () => {
  let network: Network
  beforeAll(async () => {
    world = await makeWorld(rules)
    network = world.network
  })
  afterEach(() => { world.network = network })
  afterAll(() => world.stop())

  test('fetches pages, each once, and then knows what a phone knows that read every row', async () => {
    const asked = watch()
    const [phone, other] = [world.phone(), world.phone({ gunzip: undefined })]
    const device = await joins(phone)
    const progress: number[] = []
    expect(await device.download(({ received, expected }) => { progress.push(expected - received) })).toEqual({ ok: true })
    expect(progress.at(-1)).toBe(0)
    const pages = asked.filter(isPage)
    expect(pages.length).toBeGreaterThan(12)
    expect(new Set(pages).size).toBe(pages.length)
    // What is in the pages is in memory when somebody comes, and not before.
    expect(device.state().attendees.size).toBe(0)
    const plain = await other.joined()
    expect(asked.filter(isPage)).toEqual(pages)
    expect(plain.state().attendees.size).toBe(120)
    expect(await wholeHash(phone, device)).toBe(await wholeHash(other, plain))
    for (const one of [device, plain]) one.close()
  })

  test('a scan finds the name in its page, a typed code is known, and the list has both after a restart', async () => {
    const phone = world.phone()
    const device = await phone.joined()
    const [first, second] = await world.services.log.tickets(0, 2)
    const scanned = await checkIn(world, device, 1)
    expect(scanned).toMatchObject({ verdict: { kind: 'admitted', attendee: { ticket: first?.id, alias: expect.any(String) } } })
    const typed = await device.checkIn(postNamed(device), { by: 'typed', id: second?.id ?? '' })
    expect(typed).toMatchObject({ verdict: { kind: 'admitted', attendee: { ticket: second?.id } } })
    expect(await device.checkIn(postNamed(device), { by: 'typed', id: 'ZZZZZZZZ' })).toMatchObject({ verdict: { kind: 'unverified' } })
    expect(await device.admitAnyway(postNamed(device), second?.id ?? '', 'typed', '本人')).toMatchObject({ verdict: { attendee: { ticket: second?.id } } })
    device.close()

    const again = await phone.open()
    expect(again.state().attendees.size).toBe(0)
    const named = new Promise<void>((resolve) => { again.subscribe((change) => { if (change === 'state') resolve() }) })
    again.recent(5)
    await named
    expect(again.recent(5).map(({ ticket, attendee }) => [ticket, attendee?.ticket])).toEqual(
      [second?.id, 'ZZZZZZZZ', second?.id, first?.id].map((id) => [id, id === 'ZZZZZZZZ' ? undefined : id]))
    again.close()
  })

  test('goes on after a break where it stopped, and takes nothing into use before all of it is here', async () => {
    const phone = world.phone()
    const device = await joins(phone)
    let left = 5
    const asked = watch((_request, path) => (isPage(path) && path.includes('roster') && left-- <= 0 ? Promise.reject(new TypeError('no network')) : undefined))
    expect(await device.download()).toMatchObject({ ok: false, code: 'offline' })
    const replica = new Replica(phone.ports)
    expect((await replica.shelf.ids(roster)).size).toBe(5)
    expect((await replica.read(0)).snapshots.map(({ stream }) => stream)).not.toContain(roster)
    expect((await replica.read(0)).cursors.map(({ stream }) => stream)).not.toContain(roster)
    device.close()

    world.network = network
    const later = watch()
    const again = await phone.open()
    expect(await again.download()).toEqual({ ok: true })
    const before = asked.filter((path) => isPage(path) && path.includes(roster)).slice(0, 5)
    expect(later.filter((path) => before.includes(path))).toEqual([])
    expect((await replica.read(0)).snapshots.map(({ stream }) => stream)).toContain(roster)
    expect(await checkIn(world, again, 3)).toMatchObject({ verdict: { kind: 'admitted', attendee: { alias: expect.any(String) } } })
    replica.close()
    again.close()
  })

  test.each<[string, (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>]>([
    ['altered', (bytes) => bytes.map((byte, index) => (index === bytes.length - 9 ? byte ^ 1 : byte))],
    ['cut off', (bytes) => bytes.slice(0, -1)],
    ['a captive portal’s', () => new TextEncoder().encode('<html>Log in to the Wi-Fi</html>')],
  ])('a page that is %s is not kept; the roster is read row by row instead', async (_what, spoil) => {
    const phone = world.phone()
    const device = await joins(phone)
    watch((request, path) => (isPage(path) && path.includes('roster')
      ? network(request).then(async (response) => new Response(spoil(new Uint8Array(await response.arrayBuffer()))))
      : undefined))
    expect(await device.download()).toEqual({ ok: true })
    const replica = new Replica(phone.ports)
    expect((await replica.shelf.ids(roster)).size).toBe(0)
    expect(device.state().attendees.size).toBe(120)
    replica.close()
    device.close()
  })

  test('a server without snapshots is read row by row', async () => {
    watch((_request, path) => (path.startsWith('/api/snapshot') ? Promise.resolve(Response.json({ code: 'not-found', status: 404 }, { status: 404 })) : undefined))
    const device = await world.phone().joined()
    expect(device.state().attendees.size).toBe(120)
    device.close()
  })

  test('somebody is forgotten in the middle: what is gone is asked for anew', async () => {
    const phone = world.phone()
    const device = await joins(phone)
    const [first] = await world.services.log.tickets(0, 1)
    let pages = 0
    watch((_request, path) => {
      if (!isPage(path) || !path.includes('roster') || pages++ !== 3) return undefined
      return say({ stream: roster, kind: 'attendee.forget', body: { ticket: first?.id } }).then(() => Response.json({ code: 'not-found' }, { status: 404 }))
    })
    expect(await device.download()).toEqual({ ok: true })
    expect(await checkIn(world, device, 1)).toMatchObject({ verdict: { kind: 'admitted', attendee: undefined } })
    const replica = new Replica(phone.ports)
    const rows = (await shelved(replica)).flatMap((page) => page.rows)
    expect(rows.filter(([, , , kind]) => kind === 'attendee')).toHaveLength(119)
    replica.close()
    device.close()
  })
})

describe('with a roster in pages', () => {
  let phone: TestPhone
  let device: Device
  beforeEach(async () => {
    world = await makeWorld(rules)
    await say(about('K7M29QX4', '单晓棠', '8842'), about('0000000A', '曾晓明'), about('ZZZZZZZZ', '吕东'), about('5T0RMY00', '王晓明', '1234'))
    phone = world.phone()
    device = await phone.joined()
  })
  afterEach(async () => {
    device.close()
    await world.stop()
  })

  const found = async (typed: string) => (await device.searchAttendees(typed, 20)).map(({ ticket }) => ticket)

  test('people are found by name, pinyin, initials, a phone’s last digits and their code, without a network', async () => {
    world.network = () => Promise.reject(new TypeError('no network'))
    for (const typed of ['单晓棠', 'shanxiaotang', 'sxt', 'danxt', '单xt', '8842', 'K7M2-9Q', 'k7m2']) expect(await found(typed), typed).toContain('K7M29QX4')
    expect(await found('zengxm')).toEqual(['0000000A'])
    expect(await found('lvd')).toEqual(['ZZZZZZZZ'])
    expect(await found('xm')).toEqual(expect.arrayContaining(['0000000A', '5T0RMY00']))
    expect(await device.searchAttendees('晓明', 1)).toHaveLength(1)
    expect(await found('没有这个人')).toEqual([])
  })

  test('who came later is found, who was renamed by the new name, and who was forgotten or taken back not at all', async () => {
    await say(about('NEWCMER0', '欧阳晴'), { stream: roster, kind: 'attendee', body: { ticket: '0000000A', alias: '诸葛一' } })
    await say({ stream: roster, kind: 'attendee.forget', body: { ticket: 'ZZZZZZZZ' } })
    await device.syncNow()
    expect(await found('ouyangq')).toEqual(['NEWCMER0'])
    expect(await found('zhugeyi')).toEqual(['0000000A'])
    expect(await found('zengxm')).toEqual([])
    expect(await found('lvd')).toEqual([])
    // The renaming is taken back, and what it took the place of stands again.
    const [{ source } = { source: undefined }] = (device.state().attendees.get('0000000A') ?? []).filter(({ fields }) => fields.alias === '诸葛一')
    await say({ stream: roster, kind: 'void', body: { device: source?.device, n: source?.n, reason: '写错了' } })
    await device.syncNow()
    expect(await found('zhugeyi')).toEqual([])
    expect(await found('zengxm')).toEqual(['0000000A'])
  })

  test('who is forgotten is blanked in the pages too, once and for good', async () => {
    const replica = new Replica(phone.ports)
    const text = async () => JSON.stringify(await shelved(replica))
    expect(await text()).toContain('单晓棠')
    await device.record(roster, 'attendee.forget', { ticket: 'K7M29QX4' })
    await say({ stream: roster, kind: 'attendee.forget', body: { ticket: '5T0RMY00' } })
    await device.syncNow()
    const after = await text()
    expect(after).not.toContain('单晓棠')
    expect(after).not.toContain('王晓明')
    expect(after).toContain('曾晓明')
    expect((await replica.read(0)).snapshots.find(({ stream }) => stream === roster)?.cleaned.sort()).toEqual(['5T0RMY00', 'K7M29QX4'])
    device.close()
    device = await phone.open()
    expect(attendeeOf(device.state(), 'K7M29QX4')).toBeUndefined()
    expect(await found('sxt')).toEqual([])
    replica.close()
  })

  test('what is written about somebody is later than what the pages say, by its clock too', async () => {
    // Another phone's clock is four minutes ahead.
    const { log, own } = world.services
    await log.write((transaction) => own.write(transaction, [about('AHEAD000', '早写的')], world.now + 240_000))
    for (let more = 0; more < 30; more++) await say(about('AHEAD001', `又一位${more}`))
    const fresh = await world.phone().joined()
    await fresh.record(roster, 'attendee', { ticket: 'AHEAD000', alias: '后写的' })
    expect(attendeeOf(fresh.state(), 'AHEAD000')?.alias).toBe('后写的')
    fresh.close()
  })

  test('joining again, and another log, keep what is here: the server is told what that is', async () => {
    await checkIn(world, device, 5)
    await device.syncNow()
    const backup = await world.backUp()
    await say(about('NEWCMER1', '丁香'))
    await device.syncNow()
    const before = await wholeHash(phone, device)
    await world.restore(backup)
    const asked = watch()
    await device.join(await world.invite(), '又是它')
    expect(await device.download()).toEqual({ ok: true })
    expect(asked.filter(isPage)).toEqual([])
    expect(await wholeHash(phone, device)).toBe(before)
  })

  test('a phone that is taken out keeps nobody’s name', async () => {
    const { device: id } = device.identity() ?? {}
    await say({ stream: 'control', kind: 'device.revoke', body: { device: id, after: 0 } })
    await device.syncNow()
    expect(device.identity()).toMatchObject({ revoked: true })
    const replica = new Replica(phone.ports)
    expect((await replica.shelf.ids(roster)).size).toBe(0)
    replica.close()
    expect(await found('sxt')).toEqual([])
  })
})

test('what the former version of the database held is there in this one', async () => {
  const ports = { ...browserPorts(), indexedDB: new IDBFactory(), IDBKeyRange }
  const former = new Dexie('linli-replica', ports)
  former.version(1).stores({ pages: '++id, stream, [stream+small]', cursors: 'stream', values: '' })
  await former.table('pages').add({ stream: floor, rows: [['aaaaaaaaaaaa', 1, 1, 'headcount', { post: booth, count: 3 }]], small: 1 })
  await former.table('cursors').add({ stream: floor, cursor: 1 })
  await former.table('values').put({ epoch: 'e', device: 'd' }, 'view')
  // Still open, as a tab with the former version is: it lets go of it.
  const replica = new Replica(ports)
  expect(await replica.read(0)).toMatchObject({ view: { epoch: 'e' }, cursors: [{ stream: floor, cursor: 1 }], pages: [{ stream: floor }], snapshots: [] })
  replica.close()
})
