import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Role } from '../../src/domain/role'
import { makePrivateKey, publicKeyOf, readPrivateKey } from '../../src/server/festival/keys'
import { beginEpoch } from '../../src/server/festival/ownDevice'
import { hashOf, makeDeviceId } from '../../src/server/access/secrets'
import { createApp } from '../../src/server/http/app'
import type { Services } from '../../src/server/http/context'
import type { Connection, Engine } from '../../src/server/log/engine'
import { LogBusy, type Reads } from '../../src/server/log/log'
import { SqlReads } from '../../src/server/log/reads'
import { openLog } from '../../src/server/log/sqlLog'
import { openSqlite } from '../../src/server/log/sqlite'
import { servicesOf } from '../../src/server/services'
import { OwnDevice } from '../../src/server/sync/ownDevice'
import { makeDice } from './dice'
import { opening, Stage } from './stage'

/** The booth where a ticket is admitted once. */
export const once = 'b-1'
export const booths = [once, 'b-2'] as const
/** An activity with few places. */
export const few = { id: 'a-few', capacity: 2 } as const
export const tickets = ['K7M29QX4', '0000000A', 'ZZZZZZZZ', '5T0RMY00'] as const
/** Invites that any number of phones may join with. */
export const invites = {
  volunteer: 'V0V0V0V0V0V0V0V0', organiser: '0RGA0RGA0RGA0RGA', lead: '1EAD1EAD1EAD1EAD', host: 'H0H0H0H0H0H0H0H0',
} satisfies Partial<Record<Role, string>>
export type InvitedRole = keyof typeof invites

const festival = 'f-simulated'
const programme = [
  { type: 'festival', id: festival, value: {
    name: { zh: '邻里节' }, number: 7, firstDay: '2023-05-20', lastDay: '2023-05-28', timeZone: 'Asia/Shanghai',
  } },
  { type: 'venue', id: 'v-main', value: { name: { zh: '主会场' } } },
  { type: 'booth', id: once, value: { name: { zh: '理发' }, venue: 'v-main', rule: 'once' } },
  { type: 'booth', id: 'b-2', value: { name: { zh: '义诊' }, venue: 'v-main' } },
  { type: 'activity', id: few.id, value: {
    name: { zh: '面塑' }, venue: 'v-main', start: '2023-05-20T09:00:00+08:00', end: '2023-05-20T17:00:00+08:00', capacity: few.capacity, rule: 'visit',
  } },
]

/** What was written the day before, so that whoever joins begins with snapshots. */
const roster = [...tickets, '9XRSTPZZ'].map((ticket, index) => ({ ticket, alias: ['玉兰', '石榴', '海棠', '月季', '丁香'][index] }))
const floor = [1, 2, 3, 4].map((count) => ({ post: 'b-2', count }))

/** A handful of operations have a snapshot, of a few rows a page; packed at once, because another thread comes back when it likes. */
const snapshots = { enough: 4, rows: 3, gzip: async (bytes: Uint8Array) => gzipSync(bytes) }

/** In memory where the system has a folder there: what a disk's flush costs is not what is tried here. */
const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'linli-simulation-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
let files = 0
export const newFile = () => join(folder, `${++files}.db`)

/** An engine that is killed between any two statements; from then on they fail, so that nothing half-done is ever committed. */
export function mortal(engine: Engine): Engine & { readonly alive: boolean; killAfter(statements: number): void } {
  let left = Infinity
  const step = () => { if (left-- <= 0) throw new LogBusy('killed') }
  const guarded = (connection: Connection): Connection => ({
    all: async (sql, values) => (step(), connection.all(sql, values)),
    run: async (sql, values) => (step(), connection.run(sql, values)),
  })
  return {
    ...engine,
    ...guarded(engine),
    async transaction(work) {
      step()
      return engine.transaction(async (connection) => {
        const result = await work(guarded(connection))
        step()
        return result
      })
    },
    get alive() { return left > 0 },
    killAfter(statements) { left = statements },
  }
}

/** What phones talk to. */
export interface Server {
  services: Services
  /** What is committed, whether the server is up or not. */
  readonly truth: Reads
  /** Goes up with every commit, and when there is another log. */
  readonly commits: number
  readonly up: boolean
  /** @returns undefined when it is not up, or was killed before it could answer */
  handle(request: Request): Promise<Response | undefined>
}

/** The city's server: the real one, but for the socket. */
export interface City extends Server {
  /** It dies after so many further statements. */
  kill(statements?: number): void
  /** It is up again, with what was committed; a living one is killed first. */
  start(): Promise<void>
  /** Who has joined, and who was taken out. */
  devices(): Promise<string>
  /** A copy of the log as it is now. */
  backUp(): Promise<Backup>
  /** Killed, and started again with this log, under a new epoch unless told otherwise. */
  restore(backup: Backup, epoch?: 'new' | 'same'): Promise<void>
  stop(): Promise<void>
}

export interface Backup {
  file: string
  /** As it was then: an older log must know everybody, or what they wrote has no way back into it. */
  devices: string
}

let template: Promise<string> | undefined

/** The log of an opened festival with nobody in it: made once, before any stage is set, and copied for every history. */
export function emptyFestival(): Promise<string> {
  return (template ??= makeTemplate())
}

async function makeTemplate(): Promise<string> {
  const stage = new Stage(makeDice(0))
  const giveBack = stage.set()
  const file = newFile()
  try {
    const engine = openSqlite(newFile())
    const log = await openLog(engine)
    const [deviceKey, ticketKey] = [await makePrivateKey(), await makePrivateKey()]
    const device = makeDeviceId()
    const own = new OwnDevice(device, await readPrivateKey(deviceKey), festival)
    await log.write(async (transaction) => {
      for (const [name, value] of Object.entries({ epoch: 'epoch 0', festival, device, deviceKey, ticketKey } as const)) {
        await transaction.setMeta(name as 'epoch', value)
      }
      await transaction.addDevice({
        device, key: publicKeyOf(deviceKey), name: '服务器', role: 'organiser', venue: null, label: '', invite: null, tokenHash: null, joined: opening,
      })
      await own.write(transaction, [
        ...programme.map((body) => ({ stream: 'programme', kind: 'put', body })),
        ...roster.map((body) => ({ stream: 'roster:v-main', kind: 'attendee', body })),
        ...floor.map((body) => ({ stream: 'floor:v-main', kind: 'headcount', body })),
      ], opening)
      for (const [role, code] of Object.entries(invites)) {
        await transaction.addInvite({
          codeHash: hashOf(code), role: role as Role, venue: role === 'organiser' ? null : 'v-main', label: '',
          uses: 1_000, used: 0, expires: opening + 30 * 86_400_000,
        })
      }
    })
    // A copy in one file: what a log wrote last stands beside it.
    await engine.run(`VACUUM INTO '${file}'`)
    await log.close()
    return file
  } finally {
    giveBack()
  }
}

/** @param from the log it begins with */
export async function openCity(stage: Stage, from: string, wrap: (engine: Engine) => Engine = (engine) => engine): Promise<City> {
  let file = newFile()
  copyFileSync(from, file)
  let underneath: Engine
  let engine: ReturnType<typeof mortal>
  let app: ReturnType<typeof createApp>
  let epochs = 0
  let commits = 0

  async function serve(): Promise<Services> {
    underneath = openSqlite(file)
    engine = mortal(wrap({
      ...underneath,
      transaction: (work) => underneath.transaction(work).finally(() => { commits++ }),
    }))
    commits++
    const services = await servicesOf(await openLog(engine), { publicUrl: undefined, app: undefined, now: () => stage.now }, snapshots)
    app = createApp(services)
    return services
  }
  async function close(): Promise<void> {
    engine.killAfter(0)
    city.services.notifier.close()
    await city.services.log.close()
  }
  const city = {
    services: await serve(),
    get commits() { return commits },
    get truth() { return new SqlReads(underneath) },
    get up() { return engine.alive },
    async handle(request: Request) {
      const before = engine
      if (!before.alive) return undefined
      const response = await app.fetch(request)
      return before.alive ? response : undefined
    },
    kill(statements = 0) { engine.killAfter(statements) },
    async start() {
      await close()
      city.services = await serve()
    },
    async backUp() {
      const copy = newFile()
      await underneath.run(`VACUUM INTO '${copy}'`)
      return { file: copy, devices: await city.devices() }
    },
    async devices() {
      const all = await city.truth.devices()
      return JSON.stringify(all.map(({ device, frozen, revokedAfter }) => [device, frozen, revokedAfter]))
    },
    async restore(backup: Backup, epoch: 'new' | 'same' = 'new') {
      await close()
      file = newFile()
      copyFileSync(backup.file, file)
      city.services = await serve()
      if (epoch === 'same') return
      await beginEpoch(city.services.log, `epoch ${++epochs}`, stage.now)
      await city.start()
    },
    stop: close,
  }
  return city
}
