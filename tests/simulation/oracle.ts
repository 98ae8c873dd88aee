import type { Identity } from '../../src/device'
import type { Cursor, View } from '../../src/device/replica'
import type { DeviceId, Operation, StreamName } from '../../src/domain/operation'
import { operationId } from '../../src/domain/operation'
import { canonicalJson } from '../../src/protocol/canonical'
import { isBad, mayRead } from './allowed'
import { Carrying } from './carrying'
import { once, type City } from './city'
import { Copies } from './copies'
import type { Hub } from './hub'
import type { Phone, Tab } from './phone'
import { PlacesCheck } from './places'
import { checkDigest } from './same'
import type { Stage } from './stage'
import { isErased, must, Truth } from './truth'

const replica = 'linli-replica'

/**
 * What phones said and what is stored on them, held against the truth after every step. The numbers in what it finds are those of
 * docs/protocol.md, "What must always hold".
 */
export class Oracle {
  readonly carrying: Carrying
  readonly #stage: Stage
  readonly #phones: readonly Phone[]
  readonly #truth: Truth
  readonly #places: PlacesCheck
  /** Said to be durable, by the phone that said it; what an eviction took is taken out. */
  readonly #said = new Map<Phone, Map<string, Operation>>()
  /** What a page must know of: what was durable when it opened, and what it said itself. */
  readonly #knows = new WeakMap<Tab, Set<string>>()
  readonly #seen = new Map<Phone, Set<string>>()
  /** Pages that still remember what was thrown away under them: what they see the next page need not. */
  readonly #remembering = new WeakSet<Tab>()
  readonly #writes = new Map<Phone, number>()
  readonly #copies: Copies

  constructor(stage: Stage, city: City, phones: readonly Phone[], hub: Hub | undefined) {
    this.#stage = stage
    this.#phones = phones
    this.#truth = new Truth(stage, city, hub)
    this.carrying = new Carrying(this.#truth)
    this.#copies = new Copies(this.#truth)
    this.#places = new PlacesCheck(stage, this.#truth, phones, this.#copies)
  }

  /** Another phone has all that is on this one, and has said all that this one said. */
  copied(phone: Phone, copy: Phone): void {
    this.#copies.add(phone)
    this.#said.set(copy, new Map(this.#said.get(phone)))
    this.#seen.set(copy, new Set(this.#seen.get(phone)))
  }

  /** A page said that an operation is safe. */
  said(phone: Phone, tab: Tab | undefined, operation: Operation): void {
    this.#checkOnce(phone, operation)
    const said = this.#said.get(phone) ?? new Map<string, Operation>()
    this.#said.set(phone, said.set(operationId(operation), structuredClone(operation)))
    if (tab) this.#knows.get(tab)?.add(operationId(operation))
  }

  opened(phone: Phone, tab: Tab): void {
    this.#checkDurable(phone)
    this.#knows.set(tab, new Set(this.#said.get(phone)?.keys()))
  }

  /** The power failed or the replica was evicted: what was seen may have to come again. */
  forgotSeen(phone: Phone): void {
    this.#seen.get(phone)?.clear()
  }

  /** The browser threw everything away under pages that live: what none of them remembers is lost. */
  cleared(phone: Phone): void {
    const remembered = new Set(phone.tabs.flatMap(({ device }) => [...device?.state().seen ?? []]))
    const said = this.#said.get(phone)
    for (const id of said?.keys() ?? []) if (!remembered.has(id)) said?.delete(id)
    this.forgotSeen(phone)
    for (const tab of phone.tabs) this.#remembering.add(tab)
  }

  /** The browser threw everything away: what had not been sent is lost, and nobody can help it. */
  lostEverything(phone: Phone): void {
    this.#said.get(phone)?.clear()
    this.carrying.lostEverything(phone)
    this.forgotSeen(phone)
  }

  /** Whether the city has all that it ever had of this phone: after an older log was put back, the phone alone may still have some. */
  isInTheCity(phone: Phone): boolean {
    const { stored, present } = this.#truth
    return phone.operations().map(operationId).every((id) => !stored.has(id) || present.committed.has(id))
  }

  /** Whether the hub may be lost for good: all that only it and others' memories have is still on the phone that wrote it, and on its way. */
  mayLoseHub(): boolean {
    const { stored, inCity, takenOut, present } = this.#truth
    const onPhones = this.#phones.flatMap((phone) => phone.operations())
    const kept = new Set(onPhones.filter(({ device }) => !takenOut.has(device)).map(operationId))
    const underWay = onPhones.filter((operation) => !present.committed.has(operationId(operation)))
    return [...stored.keys()].every((id) => inCity.has(id) || kept.has(id)) && underWay.every(({ kind }) => kind !== 'device.revoke')
  }

  /** After every step. */
  async check(): Promise<void> {
    must(this.#stage.faults.length === 0, `a page met a bug: ${String(this.#stage.faults[0])}`)
    await this.#truth.read()
    for (const phone of this.#phones) {
      const wrote = this.#writes.get(phone) !== phone.storage.writes
      this.#writes.set(phone, phone.storage.writes)
      if (wrote) {
        this.#checkDurable(phone)
        this.#checkReplica(phone)
        this.carrying.check(phone)
      }
      for (const tab of phone.tabs) if (tab.news || wrote) this.#checkTab(phone, tab)
    }
    this.#places.check()
  }

  /** Whether everything has come everywhere, as far as phones say; what they say is checked by itself. */
  isQuiet(): boolean {
    return this.#phones.every((phone) => phone.tabs.length > 0 && phone.tabs.every(({ device }) => {
      const identity = device?.identity()
      if (!device || !identity) return false
      if (identity.revoked) return true
      if (!this.#truth.isThere(viewOf(phone)?.epoch ?? '')) return false
      const { waiting, undeliverable, halfway, trouble, phase, knownUntil = 0 } = device.status()
      return !identity.frozen && waiting === undeliverable && halfway === 0 && trouble === undefined && phase !== 'exchanging'
        && knownUntil > this.#truth.lastCommit && (phone.link.to !== undefined || this.carrying.isQuiet(device))
    }))
  }

  /** Faults have stopped and everything came to rest: 1 nothing is lost, 4 all hold the same, 8 nothing waits. */
  async checkAtRest(): Promise<void> {
    const stored = await this.#truth.everything()
    for (const id of this.#truth.inCity) {
      const { kind = '' } = this.#truth.stored.get(id) ?? {}
      // What the city said itself is gone with its log.
      must(stored.has(id) || kind.startsWith('lease'), `1 durable: ${id} (${kind}) was stored once, and is no more`)
    }
    // In the park nobody is granted any.
    if (!this.#phones.some(({ link }) => link.to)) this.#places.checkAtRest([...stored.values()])
    for (const phone of this.#phones) {
      this.#checkDurable(phone)
      this.#checkDrained(phone, stored)
      // A hub that was not brought what comes before it takes it later, or the city does.
      if (!phone.link.to) this.carrying.checkAtRest(phone)
      for (const tab of phone.tabs) {
        this.#copies.checkAtRest(phone, tab)
        checkDigest(phone, tab, stored, this.#places)
      }
    }
    await this.#checkErased(stored)
    const [fault] = this.#stage.serverFaults
    must(fault === undefined, `the server met a bug: ${String(fault)}`)
  }

  /** A post of the rule `once` admits a ticket once on one phone, whatever its tabs do at the same time. */
  #checkOnce(phone: Phone, { kind, body }: Operation): void {
    if (kind !== 'checkin') return
    const { post, ticket } = body as { post: string; ticket?: string }
    if (post !== once || ticket === undefined) return
    // Then an earlier one may count no more.
    const everybody = [...this.#said.values()].flatMap((operations) => [...operations.values()])
    if (everybody.some((other) => other.kind === 'void' || other.kind === 'device.revoke')) return
    const twice = [...this.#said.get(phone)?.values() ?? []].some((other) =>
      other.kind === 'checkin' && canonicalJson(other.body) === canonicalJson(body))
    must(!twice, `${phone.name} admitted ${ticket} twice at ${post}`)
  }

  /** What was said to be durable is there, as it was said, and numbered 1, 2, 3 … */
  #checkDurable(phone: Phone): void {
    const there = new Map(phone.operations().map((operation) => [operationId(operation), operation]))
    for (const [id, operation] of this.#said.get(phone) ?? []) {
      const kept = there.get(id)
      must(kept !== undefined, `${phone.name} said that ${id} is safe, and has it no more`)
      must(isErased(kept) || canonicalJson(kept) === canonicalJson(operation), `${phone.name} keeps another ${id} than it said`)
    }
    const last = new Map<DeviceId, number>()
    for (const { device, n } of there.values()) {
      must(n === (last.get(device) ?? 0) + 1, `${phone.name} numbered ${device}:${n} after ${last.get(device) ?? 0}`)
      last.set(device, n)
    }
  }

  /** 3 prefixes and 9 cursors, in what is stored of others. */
  #checkReplica(phone: Phone): void {
    const truth = this.#truth
    const held = new Map<StreamName, Map<DeviceId, Set<number>>>()
    for (const { stream, rows } of [...phone.pages(), ...phone.snapshotPages()]) {
      const devices = held.get(stream) ?? new Map<DeviceId, Set<number>>()
      held.set(stream, devices)
      for (const [device, n, at, kind, body] of rows) {
        // Maybe twice: what a restored log lacked comes to it again, and from it to those who have it.
        devices.set(device, (devices.get(device) ?? new Set()).add(n))
        must(truth.stored.get(`${device}:${n}`)?.stream === stream, `${phone.name} has ${device}:${n} in ${stream}, where it never was`)
        truth.checkSame({ device, n, at, stream, kind, body })
      }
    }
    // What was erased is left out of a snapshot, and only that.
    for (const { stream, have } of phone.snapshots()) {
      const devices = held.get(stream) ?? new Map<DeviceId, Set<number>>()
      held.set(stream, devices)
      for (const [device, last] of Object.entries(have)) {
        const numbers = devices.get(device) ?? new Set()
        devices.set(device, numbers)
        for (const n of truth.numbers(stream, device)) {
          if (n <= last && truth.stored.get(`${device}:${n}`)?.kind === 'attendee') numbers.add(n)
        }
      }
    }
    for (const [stream, devices] of held) {
      for (const [device, numbers] of devices) {
        const last = Math.max(...numbers)
        for (const n of truth.numbers(stream, device)) {
          must(n > last || numbers.has(n), `3 prefix: ${phone.name} has ${device}:${last} of ${stream}, and not ${n}`)
        }
      }
    }
    const view = viewOf(phone)
    for (const { stream, cursor = 0 } of phone.storage.records<Cursor>(replica, 'cursors')) {
      for (const id of truth.lineages.get(view?.epoch ?? '')?.streams.get(stream)?.slice(0, cursor) ?? []) {
        const [device = '', n] = id.split(':')
        const here = device === view?.device || held.get(stream)?.get(device)?.has(Number(n))
        must(here === true, `9 cursor: ${phone.name} is at ${cursor} of ${stream} without ${id}`)
      }
    }
  }

  #checkTab(phone: Phone, tab: Tab): void {
    tab.news = false
    const identity = tab.device?.identity()
    if (!identity) return
    must(!identity.frozen || this.#copies.has(identity.device), `${tab.name} is frozen, and nobody copied it`)
    this.#checkWaiting(phone, tab)
    // Whoever was taken out forgets the others, and may die half-way.
    if (this.#truth.takenOut.has(identity.device)) this.forgotSeen(phone)
    if (identity.revoked || identity.frozen) return
    // With another tab beside it: that one has seen, and this one is told in a moment.
    if (phone.tabs.length === 1) this.#checkSeen(phone, tab)
    this.#checkKnown(phone, tab, identity)
  }

  /** The sync line never promises what is not so: all that this page knows and no log ever acknowledged is counted as waiting. */
  #checkWaiting(phone: Phone, tab: Tab): void {
    const { waiting = 0, halfway = 0 } = tab.device?.status() ?? {}
    const said = this.#said.get(phone)
    const without = (safe: (operation: Operation) => boolean) => [...this.#knows.get(tab) ?? []].filter((id) => {
      const operation = said?.get(id)
      return operation && !safe(operation)
    })
    const unsent = without((operation) => this.#copies.isSafe(operation))
    must(waiting >= unsent.length, `status: ${tab.name} says that ${waiting} wait, and nobody ever acknowledged ${unsent.join(' ')}`)
    const underWay = without(({ device, n }) => n <= (this.#truth.durable.get(device) ?? 0))
    must(waiting + halfway >= underWay.length,
      `status: ${tab.name} says that ${waiting} wait and ${halfway} are halfway, and the city never acknowledged ${underWay.join(' ')}`)
  }

  /** 5 */
  #checkSeen(phone: Phone, tab: Tab): void {
    const { name, device } = tab
    if (!device) return
    const seen = new Set(device.state().seen)
    const aside = new Set(device.status().quarantined.map(operationId))
    // Where it was there twice, the city's version comes in the place of this phone's.
    for (const operation of this.#copies.ofFrozen(phone)) aside.add(operationId(operation))
    for (const id of this.#seen.get(phone) ?? []) {
      const mayBeBlank = this.#truth.stored.get(id)?.kind === 'attendee'
      must(seen.has(id) || aside.has(id) || mayBeBlank, `5 seen: ${name} has seen ${id}, and sees it no more`)
    }
    if (!this.#remembering.has(tab)) this.#seen.set(phone, seen)
  }

  /** `knownUntil` never promises too much: all that was on the floor in the city before it has been seen, also at a hub. */
  #checkKnown(phone: Phone, { name, device }: Tab, identity: Identity): void {
    const { knownUntil } = device?.status() ?? {}
    if (!device || knownUntil === undefined) return
    const seen = new Set(device.state().seen)
    const { epoch = '' } = viewOf(phone) ?? {}
    const lineage = this.#truth.isCitys(epoch) ? this.#truth.lineages.get(epoch) : this.#truth.present
    for (const [id, moment] of lineage?.committed ?? []) {
      const stream = this.#truth.stored.get(id)?.stream ?? ''
      if (moment >= knownUntil || !stream.startsWith('floor:') || !mayRead(identity, stream)) continue
      must(seen.has(id) || this.#truth.aside.has(id),
        `status: ${name} says that it knows all until ${(knownUntil - moment) / 1_000} s after ${id}, and has not seen it`)
    }
  }

  /** 8, and that only what is bad was put aside. What somebody wrote who was taken out stays for an export. */
  #checkDrained(phone: Phone, stored: ReadonlyMap<string, Operation>): void {
    const present = phone.tabs[0]?.device?.identity()
    for (const operation of phone.operations()) {
      const id = operationId(operation)
      const writer = phone.identities().find(({ device }) => device === operation.device)
      if (!writer || (writer.revoked && writer.device === present?.device)) continue
      if (writer.frozen && (!this.#copies.isSafe(operation) || this.#truth.aside.has(id))) continue
      must(stored.has(id) || this.#truth.aside.has(id), `8 drained: ${id} (${operation.kind}) of ${phone.name} never reached the city`)
      must(stored.has(id) || isBad(operation, writer), `${id} (${operation.kind}) of ${phone.name} was put aside for nothing`)
      this.#truth.checkSame(operation)
    }
  }

  /** What the city has blanked is in no snapshot of it any more. */
  async #checkErased(stored: ReadonlyMap<string, Operation>): Promise<void> {
    for (const id of await this.#truth.inSnapshots()) must(stored.get(id)?.body !== null, `erasure: a snapshot of the city still has ${id}`)
  }
}

function viewOf(phone: Phone): View | undefined {
  return phone.storage.value<View>(replica, 'values', 'view')
}
