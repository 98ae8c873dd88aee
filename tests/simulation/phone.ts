import { gunzipSync } from 'node:zlib'
import { IDBKeyRange } from 'fake-indexeddb'
import { openDevice, type Device } from '../../src/device'
import type { KeptIdentity } from '../../src/device/identity'
import type { PageEvent, Ports } from '../../src/device/ports'
import type { Page } from '../../src/device/replica'
import type { ShelvedPage, ShelvedSnapshot } from '../../src/device/shelf'
import type { Row } from '../../src/device/page'
import type { DeviceId, Operation, StreamName } from '../../src/domain/operation'
import type { InvitedRole } from './city'
import type { Dice } from './dice'
import type { Actor, Stage } from './stage'
import { Storage } from './storage'
import type { Link, Wire } from './wire'

/** One page with the real engine in it. */
export interface Tab extends Actor {
  /** Undefined while it opens. */
  device?: Device
  /** Something changed since anybody looked. */
  news: boolean
  readonly ports: Ports
  /** The page is gone, with everything that it was doing. */
  die(): void
  /** It loses its connections to the databases, in the middle of whatever it does with them. */
  dropHandles(): void
  tell(event: PageEvent): void
  /** As if another page had called it. */
  hear(message: string): void
}

interface Circumstances {
  name: string
  role: InvitedRole
  stage: Stage
  dice: Dice
  wire: Wire
  /** Bugs put in on purpose: see history.ts. */
  durability?: (asked: string) => string
  fetch?: (send: Ports['fetch'], stage: Stage) => Ports['fetch']
}

/** One phone: a disk, a clock, a network, and pages. */
export class Phone {
  readonly name: string
  readonly role: InvitedRole
  readonly storage: Storage
  readonly link: Link = { partitioned: false }
  visible = true
  tabs: Tab[] = []
  /** The version of the protocol that pages opened from now on speak; a page that is open goes on with its own. */
  speaks = 1
  readonly #circumstances: Circumstances
  readonly #stage: Stage
  readonly #dice: Dice
  readonly #wire: Wire
  /** Milliseconds that its clock is ahead. */
  #ahead = 0
  #opened = 0
  /** Turns at the databases until the next crash. */
  #fuse = Infinity
  #blast: (tab: Tab) => void = () => {}
  readonly #lockLine: { tab: Tab; start(): void }[] = []
  readonly #channels = new Set<{ tab: Tab; name: string; listener?: (message: string) => void }>()

  constructor(circumstances: Circumstances) {
    const { name, role, stage, dice, wire, durability } = this.#circumstances = circumstances
    this.name = name
    this.role = role
    this.#stage = stage
    this.#dice = dice
    this.#wire = wire
    this.storage = new Storage(dice, durability)
  }

  /** Another phone with all that is on this one: what a tool for moving to a new phone makes, and a backup that is put on a second one. */
  async copy(name: string): Promise<Phone> {
    const copy = new Phone({ ...this.#circumstances, name })
    await copy.storage.copyFrom(this.storage)
    copy.speaks = this.speaks
    return copy
  }

  /** Opens a page, and keeps it in sync. */
  open(): Tab {
    const tab = this.#makeTab()
    this.tabs.push(tab)
    this.#stage.after(0, tab, () => {
      void openDevice(tab.ports).then((device) => {
        if (!tab.alive) return
        tab.device = device
        tab.news = true
        device.subscribe(() => { tab.news = true })
        device.startSync()
      }, (error: unknown) => { if (tab.alive) tab.ports.report(error) })
    })
    return tab
  }

  /** After so many further turns at its databases, in the middle of whatever it does. */
  crashAfter(turns: number, blast: (tab: Tab) => void): void {
    this.#fuse = turns
    this.#blast = blast
  }

  /** Somebody, or the network it found, sets its clock. */
  setClock(further: number): void {
    this.#ahead += further
    this.#stage.note(`${this.name}'s clock jumps by ${further / 1_000} s`)
  }

  setNetwork(works: boolean): void {
    this.link.partitioned = !works
    this.#stage.note(`${this.name} has ${works ? 'a' : 'no'} network`)
  }

  kill(): void {
    for (const tab of [...this.tabs]) tab.die()
    this.#fuse = Infinity
  }

  /** Everything that is on it, read from beneath. */
  operations(): Operation[] {
    return this.storage.records<Operation>('linli-outbox', 'operations')
  }

  /** Who it is. */
  current(): DeviceId | undefined {
    return this.storage.value('linli-outbox', 'values', 'current')
  }

  identities(): KeptIdentity[] {
    return this.storage.records<KeptIdentity>('linli-outbox', 'identities')
  }

  pages(): Page[] {
    return this.storage.records<Page>('linli-replica', 'pages')
  }

  snapshots(): ShelvedSnapshot[] {
    return this.storage.records<ShelvedSnapshot>('linli-replica', 'snapshots')
  }

  /** The pages of the snapshots that are in use, unpacked. */
  snapshotPages(): { stream: StreamName; rows: Row[] }[] {
    const used = new Set(this.snapshots().map(({ stream }) => stream))
    return this.storage.records<ShelvedPage>('linli-replica', 'snapshotPages').filter(({ stream }) => used.has(stream))
      .map(({ stream, bytes }) => ({ stream, rows: rowsIn(bytes) }))
  }

  #makeTab(): Tab {
    const page = this.storage.open()
    const watchers = new Set<(event: PageEvent) => void>()
    const { speaks } = this
    const { fetch: planted } = this.#circumstances
    const send: Ports['fetch'] = (path, init) => (tab.alive ? this.#wire.send(tab, this.link, { path, init, speaks }) : new Promise(() => {}))
    const tab: Tab = {
      name: `${this.name}.${++this.#opened}`,
      alive: true,
      news: false,
      ports: {
        now: () => this.#stage.now + this.#ahead,
        random: () => this.#dice.roll(),
        after: (milliseconds, call) => this.#stage.after(milliseconds, tab, call),
        fetch: planted?.(send, this.#stage) ?? send,
        indexedDB: page.factory,
        IDBKeyRange,
        locks: { request: (_name, options, hold) => this.#hold(tab, options.signal, hold) },
        channel: (name) => this.#channel(tab, name),
        page: {
          visible: () => this.visible,
          watch(listener) {
            watchers.add(listener)
            return () => watchers.delete(listener)
          },
        },
        // Packing is another thread's work, and comes back when it likes.
        gzip: undefined,
        gunzip: async (bytes) => new Uint8Array(gunzipSync(bytes)),
        persist: async () => true,
        report: (error) => this.#stage.faults.push(error),
        registerBackgroundSync: async () => {},
      },
      die: () => {
        if (!tab.alive) return
        tab.alive = false
        page.die()
        this.tabs = this.tabs.filter((one) => one !== tab)
        for (const end of this.#channels) if (end.tab === tab) this.#channels.delete(end)
        this.#leave(this.#lockLine.filter((one) => one.tab === tab))
      },
      dropHandles: () => page.drop(),
      tell: (event) => { for (const watcher of [...watchers]) watcher(event) },
      hear: (message) => {
        for (const end of this.#channels) if (end.tab === tab) this.#stage.after(0, tab, () => end.listener?.(message))
      },
      beforeTask: () => {
        if (this.#fuse-- > 0) return
        this.#fuse = Infinity
        this.#blast(tab)
      },
    }
    return tab
  }

  /** The Web Lock: one holds it, the others stand in line; the dead let go of it. */
  #hold<T>(tab: Tab, signal: AbortSignal | undefined, hold: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (!tab.alive) return
      const place = { tab, start: () => { hold().then(resolve, reject).finally(() => this.#leave([place])) } }
      signal?.addEventListener('abort', () => {
        if (this.#lockLine[0] === place) return
        this.#leave([place])
        reject(new DOMException('aborted', 'AbortError'))
      })
      this.#lockLine.push(place)
      if (this.#lockLine[0] === place) this.#stage.after(0, tab, () => place.start())
    })
  }

  #leave(places: readonly { tab: Tab; start(): void }[]): void {
    const [holder] = this.#lockLine
    for (const place of places) {
      const index = this.#lockLine.indexOf(place)
      if (index >= 0) this.#lockLine.splice(index, 1)
    }
    const [next] = this.#lockLine
    if (next && next !== holder) this.#stage.after(0, next.tab, () => next.start())
  }

  /** A BroadcastChannel: what is posted arrives a moment later. */
  #channel(tab: Tab, name: string) {
    const end: { tab: Tab; name: string; listener?: (message: string) => void } = { tab, name }
    this.#channels.add(end)
    return {
      post: (message: string) => {
        for (const other of tab.alive ? this.#channels : []) {
          if (other !== end && other.name === name) this.#stage.after(this.#dice.between(0, 20), other.tab, () => other.listener?.(message))
        }
      },
      listen: (listener: (message: string) => void) => { end.listener = listener },
      close: () => { this.#channels.delete(end) },
    }
  }
}

/** What is in a page of a snapshot: packed as it came, or plain where something was blanked. */
export function rowsIn(bytes: Uint8Array): Row[] {
  return JSON.parse((bytes[0] === 0x1f ? gunzipSync(bytes) : Buffer.from(bytes)).toString()) as Row[]
}
