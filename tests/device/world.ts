import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { openDevice, type Device } from '../../src/device'
import type { Channel, Locks, PageEvent, Ports } from '../../src/device/ports'
import type { Role } from '../../src/domain/role'
import { makeInvite } from '../../src/server/access/invites'
import { setUpSample } from '../../src/server/festival/setUp'
import { createApp } from '../../src/server/http/app'
import type { Services } from '../../src/server/http/context'
import { servicesOf } from '../../src/server/services'
import { engines } from '../server/engines'

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
  invite(role?: Role, venue?: string): Promise<string>
  phone(given?: Partial<Ports>): TestPhone
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

export async function makeWorld(): Promise<World> {
  const { log, dispose } = await engines[0]!.open()
  await setUpSample(log, start)
  const world: World = { now: start } as World
  const services = await servicesOf(log, { publicUrl: undefined, app: undefined, now: () => world.now })
  const app = createApp(services)
  return Object.assign(world, {
    services,
    network: async (request: Request) => app.fetch(request),
    invite: (role: Role = 'volunteer', venue = 'v-main') => makeInvite(log, {
      role, venue: role === 'organiser' ? undefined : venue, label: '', uses: 1, expires: start + 86_400_000,
    }),
    phone: (given: Partial<Ports> = {}) => makePhone(world, given),
    async stop() {
      services.notifier.close()
      await dispose()
    },
  })
}

function makePhone(world: World, given: Partial<Ports>): TestPhone {
  const watchers = new Set<(event: PageEvent) => void>()
  const phone: TestPhone = { ahead: 0, visible: false } as TestPhone
  const ports: Ports = {
    now: () => world.now + phone.ahead,
    random: () => 0.5,
    after(milliseconds, call) {
      const timer = setTimeout(call, milliseconds)
      return () => clearTimeout(timer)
    },
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

/** The channels of one phone: each tab hears the others. */
export function makeChannels(): (name: string) => Channel {
  const open = new Set<{ name: string; listener?: (message: string) => void }>()
  return (name) => {
    const end: { name: string; listener?: (message: string) => void } = { name }
    open.add(end)
    return {
      post(message) {
        for (const other of open) if (other !== end && other.name === name) queueMicrotask(() => other.listener?.(message))
      },
      listen(listener) { end.listener = listener },
      close() { open.delete(end) },
    }
  }
}

/** The Web Locks of one phone, as far as they are used. */
export function makeLocks(): Locks {
  const line = new Map<string, Promise<unknown>>()
  return {
    async request<T>(name: string, { signal }: { signal?: AbortSignal }, hold: () => Promise<T>): Promise<T> {
      const before = line.get(name) ?? Promise.resolve()
      const turn = before.then(() => {
        if (signal?.aborted) throw new DOMException('aborted', 'AbortError')
        return hold()
      })
      line.set(name, turn.catch(() => {}))
      return turn
    },
  }
}
