import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { openDevice, type Device } from '../../src/device'
import type { PageEvent, Ports } from '../../src/device/ports'
import type { Role } from '../../src/domain/role'
import { makeInvite } from '../../src/server/access/invites'
import { beginEpoch } from '../../src/server/festival/ownDevice'
import { setUpSample } from '../../src/server/festival/setUp'
import { createApp } from '../../src/server/http/app'
import type { Services } from '../../src/server/http/context'
import { servicesOf } from '../../src/server/services'
import { snapshotRules, type SnapshotRules } from '../../src/server/snapshot/snapshots'
import { openLog } from '../../src/server/log/sqlLog'
import { openSqlite } from '../../src/server/log/sqlite'
import { makeChannels, makeLocks, makeTimers } from './fakes'

/** 10:00 in Beijing on the festival's first day. */
export const start = Date.parse('2023-05-20T10:00:00+08:00')

/** What stands between a phone and the server: tests put theirs in its place. */
export type Network = (request: Request) => Promise<Response>

/** A real server without HTTP's socket, and phones whose time, network and storage the test holds. */
export interface World {
  services: Services
  /** Milliseconds; the server's clock, and that of phones without one of their own. */
  now: number
  network: Network
  /** Moves time on; whatever was to happen meanwhile happens, in its order. */
  pass(milliseconds: number): void
  invite(role?: Role, venue?: string): Promise<string>
  phone(given?: Partial<Ports>): TestPhone
  /** Copies the server's log as it is now; `restore` goes back to it, under a new epoch. */
  backUp(): Promise<string>
  restore(backup: string): Promise<void>
  stop(): Promise<void>
}

export interface TestPhone {
  ports: Ports
  /** Another tab, or the same one after a reload. */
  open(): Promise<Device>
  /** Opens, joins and downloads. */
  joined(role?: Role, venue?: string): Promise<Device>
  visible: boolean
  tell(event: PageEvent): void
  /** Milliseconds that this phone's clock is ahead. */
  ahead: number
}

export async function makeWorld(snapshots: SnapshotRules = snapshotRules): Promise<World> {
  const directory = mkdtempSync(join(tmpdir(), 'linli-world-'))
  const timers = makeTimers()
  const now = () => world.now
  const serve = async (file: string): Promise<Services> => {
    const log = await openLog(openSqlite(join(directory, file)))
    if (await log.meta('epoch') === undefined) await setUpSample(log, start)
    return servicesOf(log, { publicUrl: undefined, app: undefined, now }, snapshots)
  }
  const close = async ({ notifier, log }: Services) => {
    notifier.close()
    await log.close()
  }
  let backups = 0
  const services = await serve('linli.db')
  let app = createApp(services)
  const world: World = {
    now: start,
    services,
    network: async (request) => app.fetch(request),
    invite: (role = 'volunteer', venue = 'v-main') => makeInvite(world.services.log, {
      role, venue: role === 'organiser' ? undefined : venue, label: '', uses: 1, expires: start + 86_400_000,
    }),
    async backUp() {
      const file = `backup-${++backups}.db`
      const source = openSqlite(join(directory, 'linli.db'))
      await source.run(`VACUUM INTO '${join(directory, file)}'`)
      await source.close()
      return file
    },
    async restore(file) {
      await close(world.services)
      const log = await openLog(openSqlite(join(directory, file)))
      await beginEpoch(log, `after ${file}`, world.now)
      await log.close()
      world.services = await serve(file)
      app = createApp(world.services)
    },
    pass(milliseconds) {
      const end = world.now + milliseconds
      for (let next = timers.next(end); next; next = timers.next(end)) {
        world.now = next.at
        next.call()
      }
      world.now = end
    },
    phone: (given = {}) => makePhone(world, {
      after: (milliseconds, call) => timers.set(world.now + milliseconds, call), ...given,
    }),
    async stop() {
      await close(world.services)
      rmSync(directory, { recursive: true })
    },
  }
  return world
}

function makePhone(world: World, given: Partial<Ports> & Pick<Ports, 'after'>): TestPhone {
  const watchers = new Set<(event: PageEvent) => void>()
  const phone: TestPhone = { ahead: 0, visible: false } as TestPhone
  const ports: Ports = {
    now: () => world.now + phone.ahead,
    random: () => 0.5,
    fetch(path, { signal, ...init }) {
      return Promise.race([world.network(new Request(`http://linli${path}`, { ...init, signal })), aborted(signal)])
    },
    indexedDB: new IDBFactory(),
    IDBKeyRange,
    locks: makeLocks(),
    channel: makeChannels(),
    page: {
      visible: () => phone.visible,
      watch(listener) {
        watchers.add(listener)
        return () => watchers.delete(listener)
      },
    },
    persist: async () => true,
    report(error) { throw error },
    registerBackgroundSync: async () => {},
    ...given,
  }
  return Object.assign(phone, {
    ports,
    open: () => openDevice(ports),
    async joined(role?: Role, venue?: string) {
      const device = await openDevice(ports)
      const joined = await device.join(await world.invite(role, venue), '测试手机')
      if (!joined.ok) throw new Error(`joining: ${joined.code}`)
      const downloaded = await device.download()
      if (!downloaded.ok) throw new Error(`downloading: ${downloaded.code}`)
      return device
    },
    tell(event: PageEvent) {
      for (const watcher of [...watchers]) watcher(event)
    },
  })
}

function aborted(signal: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')))
  })
}
