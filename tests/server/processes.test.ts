import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Published } from '../../src/protocol/programme'
import type { Report } from '../../src/server/reports/summary'
import { Phone, request } from './phone'
import type { Database } from './postgres/database'
import { freshDatabase } from './postgres/database'
import type { Command } from './process'
import { buildServer, freePort, run } from './process'

let built: Awaited<ReturnType<typeof buildServer>>
let database: Database
let folder: string
beforeAll(async () => {
  [built, database] = await Promise.all([buildServer(), freshDatabase()])
  folder = mkdtempSync(join(tmpdir(), 'linli-processes-'))
})
afterAll(async () => {
  built.remove()
  rmSync(folder, { recursive: true })
  await database.drop()
})

const startServer = (args: string[], env?: Record<string, string>) => run(join(built.folder, 'main.js'), args, env)

describe('two servers on one PostgreSQL', () => {
  let servers: Command[]
  let origins: [string, string]
  let organiser: Phone
  const bodyOf = async <T>(path: string) => Promise.all(origins.map(async (origin) => (await request<T>(origin, path)).body))

  beforeAll(async () => {
    const ports = [await freePort(), await freePort()] as const
    origins = [`http://127.0.0.1:${ports[0]}`, `http://127.0.0.1:${ports[1]}`]
    // Both at once, and the database is empty.
    servers = ports.map((port, index) => startServer(['--port', String(port), '--data', join(folder, String(index))], { LINLI_DATABASE: database.url }))
    const [[, code = '']] = await Promise.all(servers.map((server) => server.printed(/\/join#([0-9A-Z]{16})[^]*Ctrl-C/))) as [RegExpExecArray, RegExpExecArray]
    organiser = await Phone.join(origins[1], code, 'organiser')
  })
  afterAll(async () => {
    for (const server of servers) server.process.kill('SIGTERM')
    expect(await Promise.all(servers.map(async ({ ended }) => (await ended).code))).toEqual([0, 0])
  })

  /** A phone that asks each of the two servers under one identity. */
  const phones = async (): Promise<[Phone, Phone]> => {
    const { body: { code } } = await organiser.post<{ code: string }>('/api/invites', { role: 'volunteer', venue: 'v-main' })
    const here = await Phone.join(origins[0], code, 'volunteer')
    return [here, here.at(origins[1])]
  }

  test('set the sample up once, keep only the sheet beside, and say what they run on', async () => {
    const [one, two] = await bodyOf<{ engine: string; epoch: string }>('/api/health')
    expect(one).toMatchObject({ engine: 'postgres' })
    expect(two).toEqual(one)
    const { streams } = await organiser.sync({ cursors: { programme: 919, 'roster:v-main': 120 } })
    expect(streams).toEqual({})
    expect([0, 1].map((index) => readdirSync(join(folder, String(index))))).toEqual([['sample-tickets.csv'], ['sample-tickets.csv']])
  })

  test('an invite made beside them opens both', async () => {
    const { code, out } = await invite(['volunteer', 'v-main', '--uses', '2', '--database', database.url])
    expect(code).toBe(0)
    for (const origin of origins) expect((await Phone.join(origin, out.split('#')[1] ?? '', 'volunteer')).venue).toBe('v-main')
  })

  test('a push at one wakes who waits at the other', async () => {
    const [[writer], [, reader]] = [await phones(), await phones()]
    for (let round = 0; round < 3; round++) {
      const { streams } = await reader.sync({ cursors: { [reader.floor]: 0 } })
      const waiting = reader.sync({ cursors: { [reader.floor]: streams[reader.floor]?.head ?? 0 }, wait: 20 })
      await new Promise((resolve) => setTimeout(resolve, 50))
      writer.checkIn('AAAA0001')
      await writer.push()
      const sent = performance.now()
      expect((await waiting).streams[reader.floor]?.ops).toHaveLength(1)
      expect(performance.now() - sent).toBeLessThan(1_000)
    }
  })

  test('programme and report follow what the other stores', async () => {
    const before = await bodyOf<Published>('/api/programme')
    expect(before[0]).toEqual(before[1])
    const opening = before[0]?.activities.find(({ id }) => id === 'a-open')
    // After the sample was written, which a real server does when it is started.
    organiser.write('programme', 'put', { type: 'activity', id: 'a-open', value: { ...opening, status: 'cancelled' } }, (Date.now() + 1_000) * 4096)
    await organiser.push()
    const after = await bodyOf<Published>('/api/programme')
    expect(after[0]).toEqual(after[1])
    expect(after[0]?.activities.find(({ id }) => id === 'a-open')?.status).toBe('cancelled')

    const [volunteer] = await phones()
    const headcount = async () => (await organiser.get<Report>('/api/reports/summary?by=day')).body.total.headcount
    const counted = await headcount()
    volunteer.write(volunteer.floor, 'headcount', { post: 'b-g1', count: 7 })
    await volunteer.push()
    expect(await headcount()).toBe(counted + 7)
  })

  test('one device at both: what one accepted the other knows, and who is revoked at one is out at the other', async () => {
    const [here, there] = await phones()
    here.checkIn('AAAA0001')
    await here.push()
    expect((await there.sync({ batches: [await here.batch()] })).accepted).toEqual({ [here.device]: 1 })
    const batches = [[await here.sign(1, [{ ...here.outbox[0], at: 1 }])], [await here.batch()]]
    expect(await there.refused({ batches: batches[0] })).toMatchObject({ http: 409, code: 'fork' })
    expect(await here.refused({ batches: batches[1] })).toMatchObject({ http: 409, code: 'fork' })
    await organiser.post(`/api/devices/${here.device}/revoke`, {})
    expect(await here.refused({})).toMatchObject({ http: 403, code: 'device-revoked' })
  })
})

const invite = async (args: string[]) => {
  const command = run(join(built.folder, 'invite.js'), args)
  return { code: (await command.ended).code, out: command.out().trim() }
}

describe('a database that can’t be had is one clear line', () => {
  const other = (change: (url: URL) => void) => {
    const url = new URL(database.url)
    change(url)
    return url.href
  }

  test('at npm start', { timeout: 20_000 }, async () => {
    const nobody = await freePort()
    for (const [url, exit, reason] of [
      ['mysql://localhost/linli', 2, 'postgres://'],
      [other((url) => { url.port = String(nobody) }), 1, 'ECONNREFUSED'],
      [other((url) => { url.username = 'linli_nobody'; url.password = 'wrong-password' }), 1, '(28'],
      [other((url) => { url.pathname = 'linli_nowhere' }), 1, '3D000'],
    ] as const) {
      const server = startServer(['--port', '0', '--data', join(folder, 'none'), '--database', url])
      expect([reason, (await server.ended).code]).toEqual([reason, exit])
      expect(server.out().trim().split('\n')).toEqual([expect.stringContaining(reason)])
      expect(server.out()).not.toContain('wrong-password')
    }
    expect(existsSync(join(folder, 'none', 'linli.db'))).toBe(false)
  })

  test('at npm run invite', { timeout: 20_000 }, async () => {
    const empty = await freshDatabase()
    expect(await invite(['organiser', '--database', empty.url])).toEqual({ code: 1, out: expect.stringContaining('npm start') })
    await empty.drop()
  })
})
