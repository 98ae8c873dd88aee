import type { DeviceId, Operation, StreamName, TicketId } from '../domain/operation'
import type { Programme } from '../domain/programme'
import { programmeOf } from '../domain/programme'
import type { State } from '../domain/state'
import type { Change } from './api'
import type { KeptIdentity } from './identity'
import { nothingKept, type KeptPlaces } from './kept-places'
import type { Outbox, OutboxContents, Standing } from './outbox'
import { readPage } from './page'
import { Picture } from './picture'
import type { Ports } from './ports'
import type { Cursor, Page, Replica, View } from './replica'
import type { ShelvedSnapshot } from './shelf'
import { StorageError, type StorageFault } from './store'

/**
 * What the two logs add up to, live. The databases are the truth; this is read from them at start and again whenever
 * somebody says that they changed (`refresh`): another tab's word is only a reason to look.
 */
export class Memory {
  picture: Picture
  identities: KeptIdentity[] = []
  cursors = new Map<StreamName, Cursor>()
  view?: View
  lastSuccess?: number
  /** What the present device promised of places, and where it works. */
  places: KeptPlaces = nothingKept
  /** Why the own records could not be read the last time. */
  storageFault?: StorageFault
  /** Why what others wrote could not be read; what is here stays, and this phone goes on with it. */
  unread?: StorageFault
  /** Why what came of others last could not be kept. */
  unkept?: StorageFault
  /** A record found no room: what can be had again was let go of for it. */
  full = false
  /** Former devices of which the server takes nothing; each new page asks it once more. */
  readonly stuck = new Set<DeviceId>()

  readonly #ports: Ports
  readonly #outbox: Outbox
  readonly #replica: Replica
  readonly #changed: (change: Change) => void
  #current?: DeviceId
  #offset = 0
  #standings = new Map<DeviceId, Standing>()
  /** What the present picture is built upon; with another, one is built anew. */
  #basis?: string
  #refreshing?: Promise<void>
  #again = false
  #programme?: { state: State; version: number; value: Programme }

  constructor(ports: Ports, outbox: Outbox, replica: Replica, changed: (change: Change) => void) {
    this.#ports = ports
    this.#outbox = outbox
    this.#replica = replica
    this.#changed = changed
    this.picture = this.#emptyPicture()
  }

  get identity(): KeptIdentity | undefined {
    return this.identities.find(({ device }) => device === this.#current)
  }

  get state(): State {
    return this.picture.state
  }

  get offset(): number {
    return this.#offset
  }

  /** Corrected time in milliseconds. */
  now(): number {
    return this.#ports.now() + this.#offset
  }

  programme(): Programme {
    const { state } = this
    const version = state.programmeVersion
    if (this.#programme?.state !== state || this.#programme.version !== version) {
      this.#programme = { state, version, value: programmeOf(state) }
    }
    return this.#programme.value
  }

  /** The operations that this phone wrote as that device, in order of n. */
  ownOf(device: DeviceId): readonly Operation[] {
    return this.picture.own.get(device) ?? []
  }

  /** The log that this phone looks at: with the replica lost, the one that last spoke to it, at first at joining. */
  get epoch(): string {
    return this.view?.epoch ?? this.#standings.get(this.#current ?? '')?.epoch ?? ''
  }

  /** What that log said of a device; undefined when it has not yet. */
  standingOf(device: DeviceId): Standing | undefined {
    const standing = this.#standings.get(device)
    return standing?.epoch === this.epoch ? standing : undefined
  }

  quarantinedOf(device: DeviceId): Standing['quarantined'] {
    return this.#standings.get(device)?.quarantined ?? []
  }

  isQuarantined(operation: { device: DeviceId; n: number }): boolean {
    return this.quarantinedOf(operation.device).some(({ n }) => n === operation.n)
  }

  /** This device and those it was before, at the same festival: what they wrote here is part of what it has seen. */
  selves(): KeptIdentity[] {
    const festival = this.identity?.festival.id
    return this.identities.filter((identity) => identity.festival.id === festival)
  }

  /**
   * Brings into the state what the pages of a snapshot say of these tickets' holders. Until then the state knows of them only what came
   * after it. Nobody waits at a gate because a page can't be read: then the state stays as it is.
   */
  async learn(tickets: readonly TicketId[]): Promise<void> {
    try {
      // Another picture may be hung meanwhile, in which nobody has looked yet.
      while (!tickets.every((ticket) => this.knows(ticket))) await this.#readAbout(tickets)
    } catch (error) {
      if (!(error instanceof StorageError)) this.#ports.report(error)
    }
  }

  async #readAbout(tickets: readonly TicketId[]): Promise<void> {
    const { picture } = this
    const { shelf } = this.#replica
    for (const [stream, { read }] of picture.shelved) {
      await Promise.all(tickets.filter((ticket) => !read.has(ticket)).map(async (ticket) => {
        const page = await shelf.pageOf(stream, ticket)
        const rows = page ? await readPage(this.#ports, page.bytes) : []
        picture.addRows(stream, rows.filter(([, , , , body]) => isAbout(body, ticket)), this.now())
        read.add(ticket)
      }))
    }
  }

  /** Whether the state has all that is here of a ticket's holder. */
  knows(ticket: TicketId): boolean {
    return [...this.picture.shelved.values()].every(({ read }) => read.has(ticket))
  }

  /** Learns of somebody who is to be shown; whoever shows it hears when there is something to be shown. */
  wonder(tickets: readonly TicketId[]): void {
    const unknown = tickets.filter((ticket) => !this.knows(ticket))
    if (unknown.length === 0) return
    const { version } = this.state
    void this.learn(unknown).then(() => { if (this.state.version !== version) this.#changed('state') })
  }

  /**
   * Takes up pages that were stored just now without reading them again, as long as no other tab has put some between; `refresh` reads those,
   * and whatever else is new.
   */
  takeUp(pages: readonly Page[]): Promise<void> {
    const { state: { version } } = this
    for (const page of pages) if (page.id === this.picture.lastPage + 1) this.picture.addPage(page, this.now())
    if (this.state.version !== version) this.#changed('state')
    return this.refresh()
  }

  /** Reads what is new in the databases: all that was written before the call, by whichever tab. */
  refresh(): Promise<void> {
    if (this.#refreshing) this.#again = true
    else this.#refreshing = this.#read().catch((error: unknown) => this.#sayWhy(error)).finally(() => { this.#refreshing = undefined })
    return this.#refreshing
  }

  #sayWhy(error: unknown): never {
    if (error instanceof StorageError) {
      this.storageFault = error.fault
      this.#changed('status')
    }
    throw error
  }

  async #read(): Promise<void> {
    const { state } = this
    const { version } = state
    do {
      this.#again = false
      const before = identityKey(this.identity)
      const contents = await this.#outbox.read().then((found) => this.#missed(found))
      this.#current = contents.current
      this.identities = contents.identities
      this.#standings = contents.standings
      this.#offset = contents.offset
      this.places = contents.places
      const basis = basisOf(this.identity, contents)
      // A new picture is hung when it is finished: a scan judged meanwhile must not meet a half-empty one.
      const anew = basis !== this.#basis
      const picture = anew ? this.#emptyPicture() : this.picture
      await this.#readInto(picture)
      this.picture = picture
      this.#basis = basis
      // What was recorded meanwhile went into the old one.
      if (anew) this.#again = true
      if (before !== identityKey(this.identity)) this.#changed('identity')
    } while (this.#again)
    this.storageFault = undefined
    if (this.state !== state || this.state.version !== version) this.#changed('state')
    this.#changed('status')
  }

  async #readInto(picture: Picture): Promise<void> {
    try {
      let read = await this.#replica.read(picture.lastPage, new Set(picture.shelved.keys()))
      if (!picture.isEmpty && read.view?.life !== this.view?.life) {
        picture.lostPages()
        read = await this.#replica.read(0)
      }
      for (const snapshot of read.snapshots) if (await this.#readSnapshot(picture, snapshot)) picture.addSnapshot(snapshot)
      for (const page of read.pages) picture.addPage(page, this.now())
      this.view = read.view
      this.lastSuccess = read.lastSuccess
      this.cursors = new Map(read.cursors.map((cursor) => [cursor.stream, cursor]))
      this.unread = undefined
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      this.unread = error.fault
    }
    for (const { device } of this.selves()) {
      for (const operation of await this.#outbox.operations(device, picture.lastNumber(device))) picture.addOwn(operation)
    }
  }

  /** Puts back what the database has lost and this page remembers: nothing that was said to be saved may go from both. */
  async #missed(found: OutboxContents): Promise<OutboxContents> {
    const there = new Set(found.identities.map(({ device }) => device))
    const lost: KeptIdentity[] = []
    for (const identity of this.identities) {
      // Before it is asked: something may be written meanwhile.
      const remembered = this.picture.lastNumber(identity.device)
      if (!there.has(identity.device) || await this.#outbox.lastNumber(identity.device) < remembered) lost.push(identity)
    }
    if (lost.length === 0) return found
    this.#again = true
    await this.#outbox.putBack({
      current: this.#current, offset: this.#offset, places: this.places, standings: this.#standings,
      identities: lost, operations: lost.flatMap(({ device }) => this.ownOf(device)),
    })
    return this.#outbox.read()
  }

  /** @returns false when a page is not there or can't be read: the snapshot is dropped, and the stream is asked for row by row. */
  async #readSnapshot(picture: Picture, { stream, atOnce }: ShelvedSnapshot): Promise<boolean> {
    const { shelf } = this.#replica
    const pages = await shelf.bytes(stream, atOnce)
    let read = pages.length === atOnce.length
    for (const page of read ? pages : []) {
      const rows = await readPage(this.#ports, page).catch(() => undefined)
      read &&= rows !== undefined
      if (!read) break
      picture.addRows(stream, rows ?? [], this.now())
    }
    if (!read) await shelf.drop(stream)
    return read
  }

  #emptyPicture(): Picture {
    return new Picture((operation) => this.isQuarantined(operation), (own) => this.#isForked(own))
  }

  /** What a frozen device wrote and did not bring to any log: its number may stand for something else there. */
  #isForked({ device, n }: Operation): boolean {
    const frozen = this.identities.some((identity) => identity.device === device && identity.frozen)
    return frozen && n > (this.#standings.get(device)?.proven ?? 0)
  }
}

function isAbout(body: unknown, ticket: TicketId): boolean {
  return (body as { ticket?: unknown } | null)?.ticket === ticket
}

function identityKey(identity: KeptIdentity | undefined): string {
  return [identity?.device, identity?.frozen, identity?.revoked, identity?.cleared].join()
}

function basisOf(identity: KeptIdentity | undefined, { identities, standings }: OutboxContents): string {
  const aside = [...standings].flatMap(([device, { quarantined }]) => quarantined.map(({ n }) => `${device}:${n}`))
  const frozen = identities.filter((one) => one.frozen).map(({ device }) => device)
  return [identity?.festival.id, identity?.revoked, ...frozen, ...aside.sort()].join()
}
