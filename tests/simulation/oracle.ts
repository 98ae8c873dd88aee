import { digestOf } from '../../src/domain/digest'
import { stateOf } from '../../src/domain/fold'
import type { DeviceId, Operation, StreamName } from '../../src/domain/operation'
import { operationId } from '../../src/domain/operation'
import { grantCovers } from '../../src/domain/stream'
import type { Cursor, View } from '../../src/device/replica'
import { canonicalJson } from '../../src/protocol/canonical'
import { once, type City } from './city'
import type { Phone, Tab } from './phone'
import type { Stage } from './stage'

/** Something that must always hold did not. */
export class Violation extends Error {
  override name = 'Violation'
}

function must(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Violation(what)
}

/** One log of the city, from one restoring to the next. */
interface Lineage {
  /** By stream, in the order of `seq`. */
  streams: Map<StreamName, string[]>
  /** When each was committed, in milliseconds. */
  committed: Map<string, number>
}

const replica = 'linli-replica'

/**
 * What is true, kept as plain sets beside phones and city, and held against them after every step. The numbers are those of docs/protocol.md,
 * "What must always hold".
 */
export class Oracle {
  readonly #stage: Stage
  readonly #city: City
  readonly #phones: readonly Phone[]
  /** Said to be durable, by the phone that said it; what an eviction took is taken out. */
  readonly #said = new Map<Phone, Map<string, Operation>>()
  /** What a page must know of: what was durable when it opened, and what it said itself. */
  readonly #knows = new WeakMap<Tab, Set<string>>()
  readonly #lineages = new Map<string, Lineage>()
  /** Everything that was ever committed, and where. */
  readonly #everStored = new Map<string, Operation>()
  readonly #everAside = new Set<string>()
  /** By stream and device, every n that was ever stored there. */
  readonly #numbers = new Map<string, Set<number>>()
  /** The most that any log has ever acknowledged. */
  readonly #acknowledged = new Map<DeviceId, number>()
  readonly #takenOut = new Set<DeviceId>()
  readonly #seen = new Map<Phone, Set<string>>()
  #commits = 0
  /** When something new was stored last, in milliseconds. */
  #lastCommit = 0
  readonly #writes = new Map<Phone, number>()

  constructor(stage: Stage, city: City, phones: readonly Phone[]) {
    this.#stage = stage
    this.#city = city
    this.#phones = phones
    for (const phone of phones) {
      this.#said.set(phone, new Map())
      this.#seen.set(phone, new Set())
    }
  }

  get epoch(): string {
    return this.#city.services.epoch
  }

  /** A page said that an operation is safe. */
  said(phone: Phone, tab: Tab | undefined, operation: Operation): void {
    this.#checkOnce(phone, operation)
    this.#said.get(phone)?.set(operationId(operation), structuredClone(operation))
    if (tab) this.#knows.get(tab)?.add(operationId(operation))
  }

  /** A post of the rule `once` admits a ticket once on one phone, whatever its tabs do at the same time. */
  #checkOnce(phone: Phone, { kind, body }: Operation): void {
    const said = [...this.#said.values()].flatMap((operations) => [...operations.values()])
    // Then an earlier one may count no more.
    if (kind !== 'checkin' || said.some((other) => other.kind === 'void' || other.kind === 'device.revoke')) return
    const { post, ticket } = body as { post: string; ticket?: string }
    if (post !== once || ticket === undefined) return
    const before = [...this.#said.get(phone)?.values() ?? []].find((other) =>
      other.kind === 'checkin' && canonicalJson(other.body) === canonicalJson(body))
    must(before === undefined, `${phone.name} admitted ${ticket} twice at ${post}`)
  }

  opened(phone: Phone, tab: Tab): void {
    this.checkDurable(phone)
    this.#knows.set(tab, new Set(this.#said.get(phone)?.keys()))
  }

  /** The power failed or the replica was evicted: what was seen may have to come again. */
  forgotSeen(phone: Phone): void {
    this.#seen.get(phone)?.clear()
  }

  /** Whether the city has all that it ever had of this phone: after an older log was put back, the phone alone may still have some. */
  isInTheCity(phone: Phone): boolean {
    const present = this.#lineages.get(this.epoch)?.committed
    return phone.operations().map(operationId).every((id) => !this.#everStored.has(id) || present?.has(id))
  }

  /** The browser threw everything away: what had not been sent is lost, and nobody can help it. */
  lostEverything(phone: Phone): void {
    this.#said.get(phone)?.clear()
    this.forgotSeen(phone)
  }

  /** A page was just opened or everything may have changed: what was said to be durable must be there. */
  checkDurable(phone: Phone): void {
    const there = new Map(phone.operations().map((operation) => [operationId(operation), operation]))
    for (const [id, operation] of this.#said.get(phone) ?? []) {
      const kept = there.get(id)
      must(kept !== undefined, `${phone.name} said that ${id} is safe, and has it no more`)
      must(isErased(kept) || canonicalJson(kept) === canonicalJson(operation), `${phone.name} keeps another ${id} than it said`)
    }
    const counted = new Map<DeviceId, number>()
    for (const { device, n } of there.values()) {
      must(n === (counted.get(device) ?? 0) + 1, `1, 2, 3: ${phone.name} numbered ${device}:${n} after ${counted.get(device) ?? 0}`)
      counted.set(device, n)
    }
  }

  /** After every step. */
  async check(): Promise<void> {
    if (this.#stage.faults.length > 0) throw new Violation(`a page met a bug: ${String(this.#stage.faults[0])}`)
    if (this.#commits !== this.#city.commits) {
      this.#commits = this.#city.commits
      await this.#readCity()
    }
    for (const phone of this.#phones) {
      const dirty = this.#writes.get(phone) !== phone.storage.writes
      this.#writes.set(phone, phone.storage.writes)
      if (dirty) {
        this.checkDurable(phone)
        this.#checkReplica(phone)
      }
      for (const tab of phone.tabs) if (tab.news || dirty) this.#checkTab(phone, tab)
    }
  }

  /** 2 dense, 6 nothing twice, and what is stored is what was written. */
  async #readCity(): Promise<void> {
    const log = this.#city.truth
    let lineage = this.#lineages.get(this.epoch)
    if (!lineage) this.#lineages.set(this.epoch, (lineage = { streams: new Map(), committed: new Map() }))
    for (const [stream, head] of await log.heads()) {
      let known = lineage.streams.get(stream)
      if (!known) lineage.streams.set(stream, (known = []))
      must(head >= known.length, `1 durable: ${stream} went back from ${known.length} to ${head} within ${this.epoch}`)
      if (head === known.length) continue
      const rows = await log.operations(stream, known.length, head, 10_000)
      for (const { seq, body, ...row } of rows) {
        must(seq === known.length + 1, `2 dense: ${stream} has ${seq} after ${known.length}`)
        const operation: Operation = { ...row, stream, body: body === null ? null : JSON.parse(body) as unknown }
        const id = operationId(operation)
        must(!lineage.committed.has(id), `6 once: ${id} is stored twice`)
        const before = this.#numbersOf(stream, operation.device)
        this.#checkSame(operation)
        known.push(id)
        lineage.committed.set(id, this.#stage.now)
        this.#lastCommit = this.#stage.now
        before.add(operation.n)
        if (operation.body !== null || !this.#everStored.has(id)) this.#everStored.set(id, operation)
      }
      must(known.length === head, `2 dense: ${stream} says ${head} and has ${known.length}`)
    }
    const devices = await log.devices()
    for (const { device, accepted, revokedAfter } of devices) {
      if (revokedAfter !== null) this.#takenOut.add(device)
      this.#acknowledged.set(device, Math.max(accepted, this.#acknowledged.get(device) ?? 0))
    }
    for (const aside of await log.quarantined(devices.map(({ device }) => device))) this.#everAside.add(operationId(aside))
  }

  #numbersOf(stream: StreamName, device: DeviceId): Set<number> {
    const key = `${stream} ${device}`
    let numbers = this.#numbers.get(key)
    if (!numbers) this.#numbers.set(key, (numbers = new Set()))
    return numbers
  }

  /** An operation is never changed: only blanked. */
  #checkSame(operation: Operation): void {
    const before = this.#everStored.get(operationId(operation))
    if (!before || before.body === null || operation.body === null) return
    must(canonicalJson(before) === canonicalJson(operation), `${operationId(operation)} is another one than before`)
  }

  /** 3 prefixes and 9 cursors, on what is stored of others. */
  #checkReplica(phone: Phone): void {
    const held = new Map<StreamName, Map<DeviceId, Set<number>>>()
    for (const { stream, rows } of phone.pages()) {
      const devices = held.get(stream) ?? new Map<DeviceId, Set<number>>()
      held.set(stream, devices)
      for (const [device, n, at, kind, body] of rows) {
        // Maybe twice: what a restored log lacked comes to it again, and from it to those who have it.
        devices.set(device, (devices.get(device) ?? new Set()).add(n))
        const stored = this.#everStored.get(`${device}:${n}`)
        must(stored?.stream === stream, `${phone.name} has ${device}:${n} in ${stream}, where it never was`)
        this.#checkSame({ device, n, at, stream, kind, body })
      }
    }
    for (const [stream, devices] of held) {
      for (const [device, numbers] of devices) {
        const last = Math.max(...numbers)
        for (const n of this.#numbersOf(stream, device)) {
          must(n > last || numbers.has(n), `3 prefix: ${phone.name} has ${device}:${last} of ${stream}, and not ${n}`)
        }
      }
    }
    const view = phone.storage.value<View>(replica, 'values', 'view')
    const lineage = this.#lineages.get(view?.epoch ?? '')
    if (!view || !lineage) return
    for (const { stream, cursor = 0 } of phone.storage.records<Cursor>(replica, 'cursors')) {
      for (const id of (lineage.streams.get(stream) ?? []).slice(0, cursor)) {
        const [device = '', n] = id.split(':')
        const here = device === view.device || held.get(stream)?.get(device)?.has(Number(n))
        must(here === true, `9 cursor: ${phone.name} is at ${cursor} of ${stream} without ${id}`)
      }
    }
  }

  #checkTab(phone: Phone, tab: Tab): void {
    const { device, name } = tab
    tab.news = false
    if (!device) return
    const identity = device.identity()
    if (!identity) return
    const status = device.status()
    this.#checkWaiting(phone, tab, status.waiting)
    // Whoever was taken out forgets the others, and may die half-way.
    if (this.#takenOut.has(identity.device)) this.forgotSeen(phone)
    if (identity.revoked) return

    const state = device.state()
    const seen = this.#seen.get(phone) ?? new Set()
    const aside = new Set(status.quarantined.map(operationId))
    for (const id of seen) {
      if (state.seen.has(id) || aside.has(id) || this.#mayBeBlank(id)) continue
      // Another tab saw it; this one is told in a moment.
      if (phone.tabs.length > 1) continue
      throw new Violation(`5 seen: ${name} has seen ${id}, and sees it no more`)
    }
    if (phone.tabs.length === 1) this.#seen.set(phone, new Set(state.seen))

    // Those of another log are not this one's, and nor is what it told of it.
    if (status.knownUntil === undefined) return
    const view = phone.storage.value<View>(replica, 'values', 'view')
    const lineage = this.#lineages.get(view?.epoch ?? '')
    for (const [id, moment] of lineage?.committed ?? []) {
      const operation = this.#everStored.get(id)
      if (moment >= status.knownUntil || !operation?.stream.startsWith('floor:') || !this.#mayRead(identity.streams, operation.stream)) continue
      must(state.seen.has(id) || operation.body === null || this.#everAside.has(id),
        `status: ${name} says that it knows all until ${(status.knownUntil - moment) / 1_000} s after ${id}, and has not seen it`)
    }
  }

  #mayRead(grants: readonly string[], stream: StreamName): boolean {
    return grants.some((grant) => grantCovers(grant, stream))
  }

  #mayBeBlank(id: string): boolean {
    return this.#everStored.get(id)?.kind === 'attendee'
  }

  /** The sync line never promises what is not so: everything that this page knows and no log ever acknowledged is counted as waiting. */
  #checkWaiting(phone: Phone, tab: Tab, waiting: number): void {
    const said = this.#said.get(phone)
    const unsent = [...this.#knows.get(tab) ?? []].filter((id) => {
      const operation = said?.get(id)
      return operation && operation.n > (this.#acknowledged.get(operation.device) ?? 0)
    })
    must(waiting >= unsent.length, `status: ${tab.name} says that ${waiting} wait, and the city never acknowledged ${unsent.join(' ')}`)
  }

  /** Whether everything has come everywhere, as far as phones say; what they say is checked by itself. */
  isQuiet(): boolean {
    return this.#phones.every((phone) => phone.tabs.length > 0 && phone.tabs.every(({ device }) => {
      const identity = device?.identity()
      if (!device || !identity) return false
      if (identity.revoked || identity.frozen) return true
      const { waiting, undeliverable, trouble, phase, knownUntil = 0 } = device.status()
      return waiting === undeliverable && trouble === undefined && phase !== 'exchanging' && knownUntil > this.#lastCommit
    }))
  }

  /** Faults have stopped and everything came to rest: 1 nothing is lost, 4 all hold the same, 8 nothing waits. */
  async checkAtRest(): Promise<void> {
    const stored = await this.#everythingStored()
    const aside = this.#everAside
    for (const [id, operation] of this.#everStored) {
      must(stored.has(id), `1 durable: ${id} (${operation.kind}) was stored once, and is no more`)
    }
    for (const phone of this.#phones) {
      this.checkDurable(phone)
      const [tab] = phone.tabs
      const present = tab?.device?.identity()
      for (const operation of phone.operations()) {
        const id = operationId(operation)
        const writer = phone.identities().find(({ device }) => device === operation.device)
        const stays = writer?.frozen || (writer?.revoked && writer.device === present?.device)
        if (stays) continue
        must(stored.has(id) || aside.has(id), `8 drained: ${id} (${operation.kind}) of ${phone.name} never reached the city`)
        this.#checkSame(operation)
      }
    }
    for (const phone of this.#phones) for (const tab of phone.tabs) this.#checkDigest(tab, stored)
    const [fault] = this.#stage.serverFaults
    must(fault === undefined, `the server met a bug: ${String(fault)}`)
  }

  #checkDigest({ name, device }: Tab, stored: ReadonlyMap<string, Operation>): void {
    const identity = device?.identity()
    must(device !== undefined && identity !== undefined, `${name} is nobody`)
    if (identity.revoked || identity.frozen) return
    const { waiting, halfway, knownUntil } = device.status()
    must(waiting === 0, `8 drained: ${name} says that ${waiting} wait`)
    must(halfway === 0 && knownUntil !== undefined, `status: ${name} is not sure at rest`)
    const granted = [...stored.values()].filter(({ stream }) => this.#mayRead(identity.streams, stream))
    const truth = canonicalJson(digestOf(stateOf(granted)))
    const here = canonicalJson(digestOf(device.state()))
    if (here !== truth) throw new Violation(`4 same: ${name} differs at ${difference(here, truth)}`)
  }

  async #everythingStored(): Promise<Map<string, Operation>> {
    const log = this.#city.truth
    const stored = new Map<string, Operation>()
    for (const [stream, head] of await log.heads()) {
      for (const { body, device, n, at, kind } of await log.operations(stream, 0, head, 10_000)) {
        stored.set(`${device}:${n}`, { device, n, at, kind, stream, body: body === null ? null : JSON.parse(body) as unknown })
      }
    }
    return stored
  }
}

/** Only what is said of people is ever blanked. */
function isErased({ kind, body }: Operation): boolean {
  return kind === 'attendee' && body === null
}

function difference(one: string, other: string): string {
  let at = 0
  while (one[at] === other[at]) at++
  return `${at}: ${one.slice(Math.max(0, at - 60), at + 80)} … ${other.slice(Math.max(0, at - 60), at + 80)}`
}
