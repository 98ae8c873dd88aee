import type { Readings } from '../domain/nameMatch'

/** The cache that the service worker keeps a former build in, for tabs that still run it. */
export const formerBuild = 'linli-former'

/**
 * Everything the device needs from the world around it. All of it is handed in, so that a simulation can run the real
 * engine in virtual time; `browserPorts` is the real world, in a page and in a service worker alike.
 */
export interface Ports {
  /** This phone's own clock, uncorrected, in milliseconds since 1970. */
  now(): number
  /** At least 0, less than 1. */
  random(): number
  /** Calls once after so many milliseconds, unless the returned function is called before. */
  after(milliseconds: number, call: () => void): () => void
  /** @param path on our own origin, `/api/…` */
  fetch(path: string, init: RequestInit): Promise<Response>
  indexedDB: IDBFactory
  IDBKeyRange: typeof IDBKeyRange
  /** Absent where the browser has no Web Locks: then every tab leads, which is wasteful and harmless. */
  locks?: Locks
  /** Tells the other tabs and the service worker of this phone that they should look again. */
  channel(name: string): Channel
  /** Absent where the browser can't compress. */
  gzip?(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>
  /** Absent where the browser can't unpack: then nothing is fetched in pages. Rejects for what is not gzip. */
  gunzip?(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>
  /** How Chinese characters are read: a large dictionary, fetched when somebody first searches. Absent where nobody does. */
  readings?(): Promise<Readings>
  /** Whether somebody is looking, and what happens to the page; a service worker is never looked at. */
  page: Page
  /** Asks the browser to keep what is stored here; false where it refuses or can't. */
  persist(): Promise<boolean>
  /** How much room there is, and whether it is promised; absent where the browser does not tell. */
  room?(): Promise<StorageRoom | undefined>
  /** Lets go of the code of the former build; false where there was none. */
  dropFormerBuild?(): Promise<boolean>
  /** Tells whoever looks after this page of a bug, without letting it stop what is going on. */
  report(error: unknown): void
  /** Background Sync, where the browser has it. */
  registerBackgroundSync(tag: string): Promise<void>
}

export interface StorageRoom {
  /** Bytes; browsers round, and some make up the quota. */
  used: number
  quota: number
  /** Whether the browser has promised not to evict it. */
  persisted: boolean
}

export interface Channel {
  post(message: string): void
  /** Called for what others post, never for one's own. */
  listen(listener: (message: string) => void): void
  close(): void
}

export type PageEvent = 'shown' | 'hidden' | 'online'

export interface Page {
  visible(): boolean
  watch(listener: (event: PageEvent) => void): () => void
}

/** The part of the browser's LockManager that is used. */
export interface Locks {
  request<T>(name: string, options: { signal?: AbortSignal }, hold: () => Promise<T>): Promise<T>
}

/** What only a page has, or only some browsers; named here so that nothing else need know of either. */
interface Surroundings {
  document?: EventTarget & { visibilityState: string }
  navigator?: {
    locks?: Locks
    storage?: {
      persist?(): Promise<boolean>
      persisted?(): Promise<boolean>
      estimate?(): Promise<{ usage?: number; quota?: number }>
    }
    serviceWorker?: { ready: Promise<WithBackgroundSync> }
  }
  registration?: WithBackgroundSync
  caches?: { delete(name: string): Promise<boolean> }
  CompressionStream?: unknown
  DecompressionStream?: unknown
}
interface WithBackgroundSync {
  sync?: { register(tag: string): Promise<void> }
}

export function browserPorts(): Ports {
  const { document, navigator, registration, caches, CompressionStream: canPack, DecompressionStream: canUnpack } = globalThis as object as Surroundings
  return {
    now: () => Date.now(),
    random: () => Math.random(),
    after(milliseconds, call) {
      const timer = setTimeout(call, milliseconds)
      return () => clearTimeout(timer)
    },
    fetch: (path, init) => fetch(path, init),
    indexedDB: globalThis.indexedDB,
    IDBKeyRange: globalThis.IDBKeyRange,
    locks: navigator?.locks,
    channel: openChannel,
    gzip: canPack === undefined ? undefined : gzip,
    gunzip: canUnpack === undefined ? undefined : gunzip,
    page: pageOf(document),
    persist: async () => (await navigator?.storage?.persist?.()) ?? false,
    room: () => roomIn(navigator?.storage),
    dropFormerBuild: async () => (await caches?.delete(formerBuild)) ?? false,
    report: (error) => reportError(error),
    async registerBackgroundSync(tag) {
      await (registration ?? await navigator?.serviceWorker?.ready)?.sync?.register(tag)
    },
  }
}

async function roomIn(storage: NonNullable<Surroundings['navigator']>['storage']): Promise<StorageRoom | undefined> {
  const { usage, quota } = await storage?.estimate?.() ?? {}
  if (usage === undefined || quota === undefined) return undefined
  return { used: usage, quota, persisted: await storage?.persisted?.() ?? false }
}

function openChannel(name: string): Channel {
  const channel = new BroadcastChannel(name)
  return {
    post: (message) => channel.postMessage(message),
    listen(listener) {
      channel.onmessage = (event: MessageEvent) => { if (typeof event.data === 'string') listener(event.data) }
    },
    close: () => channel.close(),
  }
}

const gzip = (bytes: Uint8Array<ArrayBuffer>) => through(bytes, new CompressionStream('gzip'))
const gunzip = (bytes: Uint8Array<ArrayBuffer>) => through(bytes, new DecompressionStream('gzip'))

async function through(bytes: Uint8Array<ArrayBuffer>, stream: GenericTransformStream): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer())
}

function pageOf(document: Surroundings['document']): Page {
  if (!document) return { visible: () => false, watch: () => () => {} }
  const visible = () => document.visibilityState === 'visible'
  return {
    visible,
    watch(listener) {
      const seen = () => listener(visible() ? 'shown' : 'hidden')
      const online = () => listener('online')
      document.addEventListener('visibilitychange', seen)
      addEventListener('online', online)
      return () => {
        document.removeEventListener('visibilitychange', seen)
        removeEventListener('online', online)
      }
    },
  }
}
