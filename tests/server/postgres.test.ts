import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Log } from '../../src/server/log/log'
import { LogBusy } from '../../src/server/log/log'
import { openPostgres } from '../../src/server/log/postgres'
import { openLog } from '../../src/server/log/sqlLog'
import type { Phone } from './phone'
import type { Database } from './postgres/database'
import { command, freshDatabase } from './postgres/database'
import type { TestServer } from './testServer'
import { startTestServer } from './testServer'

/** What only an engine over a network can meet. */
let database: Database
let one: TestServer
let two: TestServer
let deaf: TestServer
beforeAll(async () => {
  database = await freshDatabase()
  const serve = (change: (log: Log) => Log = (log) => log) => startTestServer({
    name: 'postgres',
    async open() {
      const log = await openLog(openPostgres(database.url))
      return { log: change(log), dispose: () => log.close() }
    },
  })
  ;[one, two, deaf] = await Promise.all([serve(), serve(), serve((log) => Object.create(log, { wire: { value: { send() {}, receive() {} } } }) as Log)])
})
afterAll(async () => {
  await Promise.all([one.stop(), two.stop(), deaf.stop()])
  await database.drop()
})

const killConnections = () => command(database.url, 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()')

/** Milliseconds from a push at `one` until who waits at another server hears of it. */
async function timeToWake(reader: Phone, writer: Phone): Promise<number> {
  const { streams } = await reader.sync({ cursors: { [reader.floor]: 0 } })
  const waiting = reader.sync({ cursors: { [reader.floor]: streams[reader.floor]?.head ?? 0 }, wait: 20 })
  await pause(100)
  writer.checkIn('AAAA0001')
  await writer.push()
  const sent = performance.now()
  expect((await waiting).streams[reader.floor]?.ops).toHaveLength(1)
  return performance.now() - sent
}

test('a server that hears nothing of the others looks by itself', { timeout: 15_000 }, async () => {
  const [writer, reader] = [await one.phone(), await deaf.phone()]
  expect(await timeToWake(reader, writer)).toBeLessThan(4_000)
})

test('connections that die while nobody uses them are replaced, the one that listens too', { timeout: 15_000 }, async () => {
  const [writer, reader] = [await one.phone(), await two.phone()]
  await killConnections()
  // It is tried again after a second.
  await pause(1_500)
  expect(await timeToWake(reader, writer)).toBeLessThan(1_000)
})

test('a connection that dies in a transaction is LogBusy, and nothing of it is stored', async () => {
  const { log } = one.services
  const writing = log.write(async (transaction) => {
    await transaction.advance('floor:dead', 1)
    await killConnections()
    await pause(50)
    await transaction.advance('floor:dead', 1)
  })
  await expect(writing).rejects.toBeInstanceOf(LogBusy)
  expect(await log.heads(['floor:dead'])).toEqual(new Map())
})

test('two transactions in each other’s way: both get through, one after the other', async () => {
  const devices = [(await one.phone()).device, (await one.phone()).device]
  const counts: number[] = []
  await Promise.all(([[one, devices], [two, devices.toReversed()]] as const).map(([{ services: { log } }, order]) => log.write(async (transaction) => {
    for (const device of order) {
      await transaction.lockDevices([device])
      await pause(50)
    }
    const known = (await transaction.lockDevices(devices)).get(devices[0] ?? '')?.known ?? 0
    counts.push(known)
    await transaction.noteKnown(devices[0] ?? '', known + 1)
  })))
  const [record] = await one.services.log.devices(devices.slice(0, 1))
  expect(record?.known).toBe(2)
  expect(counts).toEqual([0, 1])
})

test('what breaks a promise of the tables every time is not taken for bad luck', async () => {
  const twice = one.services.log.write(async (transaction) => {
    await transaction.addMeta('epoch', 'another')
  })
  await expect(twice).rejects.toMatchObject({ code: '23505' })
})

test('text that PostgreSQL can’t hold is no fault of the server', async () => {
  const [phone, organiser] = [await one.phone(), await one.phone('organiser')]
  const answer = await phone.sync({ have: { [phone.floor]: { 'no\0device': 1 } } })
  expect(answer.streams[phone.floor]).toMatchObject({ from: 1 })
  expect((await organiser.post(`/api/devices/no%00device/revoke`, {})).status).toBe(404)
  phone.write(phone.roster, 'attendee', { ticket: 'AAAA0001', alias: 'a\0b' })
  phone.write(phone.roster, 'attendee', { ticket: 'AAAA\0', alias: 'nobody' })
  phone.write(phone.floor, 'head\0count', {})
  expect((await phone.push()).quarantined.map(({ n, code }) => [n, code])).toEqual([[3, 'malformed']])
  const roster = await organiser.read(phone.roster)
  expect(roster.slice(-2).map(([, , , , body]) => body)).toEqual([{ ticket: 'AAAA0001', alias: 'a\0b' }, { ticket: 'AAAA\0', alias: 'nobody' }])
})
