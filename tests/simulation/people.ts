import type { Device, RecordOutcome, ScanResult } from '../../src/device'
import { Outbox } from '../../src/device/outbox'
import { StorageError } from '../../src/device/store'
import { postOf } from '../../src/domain/post'
import { readHandOver } from '../../src/protocol/handover'
import { booths, few, invites, once, tickets } from './city'
import type { Dice } from './dice'
import type { Oracle } from './oracle'
import type { Phone, Tab } from './phone'
import type { Actor, Stage } from './stage'

/** Milliseconds in which everybody in a queue has come to the phone. */
export const queueing = 8_000
const floor = 'floor:v-main'
const roster = 'roster:v-main'

/** Whoever holds a phone: opens pages, joins, looks, and writes. Tickets and posts are few, so that what is written often meets. */
export class People {
  /** Written, and said to be durable. */
  operations = 0
  /** Phones of which something is in other people's hands. */
  readonly handedOver = new Set<Phone>()
  /** Everything that was ever put together to be handed over: files lie about. */
  readonly #files: { giver: string; text: string }[] = []
  readonly #stage: Stage
  readonly #dice: Dice
  readonly #oracle: Oracle
  readonly #phones: readonly Phone[]
  readonly #someone: Actor = { name: 'someone', alive: true }

  constructor(stage: Stage, dice: Dice, oracle: Oracle, phones: readonly Phone[]) {
    this.#stage = stage
    this.#dice = dice
    this.#oracle = oracle
    this.#phones = phones
  }

  /** At most two pages of one phone; one that is nobody yet is joined in a moment. */
  open(phone: Phone): void {
    if (phone.tabs.length >= 2) return
    const tab = phone.open()
    this.#oracle.opened(phone, tab)
    this.#stage.note(`${tab.name} opens`)
    this.#stage.after(2_000, tab, () => { if (tab.device && !tab.device.identity()) this.#joinIn(phone, tab, tab.device) })
  }

  /** After a crash. */
  openAgain(phone: Phone, later: number): void {
    this.#stage.after(later, this.#someone, () => { if (phone.tabs.length === 0) this.open(phone) })
  }

  /** A person takes the newest version of the app: every page is loaded anew. */
  update(phone: Phone, speaks: number): void {
    this.#stage.note(`${phone.name} is updated to version ${speaks}`)
    phone.speaks = speaks
    for (const tab of [...phone.tabs]) tab.die()
    this.open(phone)
  }

  close(phone: Phone): void {
    const tab = this.#dice.pick(phone.tabs)
    if (!tab) return
    this.#stage.note(`${tab.name} is closed`)
    tab.die()
  }

  join(phone: Phone): void {
    const [tab] = phone.tabs
    if (tab?.device) this.#joinIn(phone, tab, tab.device)
  }

  look(phone: Phone, visible: boolean): void {
    this.#stage.note(`${phone.name} is ${visible ? '' : 'not '}looked at`)
    phone.visible = visible
    for (const tab of phone.tabs) this.#stage.after(0, tab, () => tab.tell(visible ? 'shown' : 'hidden'))
  }

  askToSync(phone: Phone): void {
    const tab = this.#dice.pick(phone.tabs)
    if (!tab) return
    this.#stage.note(`${tab.name} is asked to sync`)
    this.#stage.after(0, tab, () => { void tab.device?.syncNow() })
  }

  /** One phone hands over to another, which may be itself; sometimes it is an old file, sometimes it comes twice. */
  handOver(giver: Phone, taker: Phone): void {
    const [from, to] = [this.#dice.pick(giver.tabs), this.#dice.pick(taker.tabs)]
    const [stale, twice, later] = [this.#dice.chance(0.2), this.#dice.chance(0.2), this.#dice.pick([0, 0, 2_000, 30_000])]
    const old = this.#dice.pick(this.#files)
    if (!from || !to) return
    this.#stage.after(0, from, () => {
      void from.device?.handOver().then((put) => {
        if (!from.alive) return
        if (put.ok) {
          this.handedOver.add(giver)
          this.#files.push({ giver: giver.name, text: put.text })
        }
        const file = stale ? old : this.#files.at(-1)
        if (!file) return
        this.#stage.note(`${from.name} hands over what ${file.giver} put together`)
        for (let times = twice ? 2 : 1; times > 0; times--) this.#stage.after(later * times, to, () => this.#receive(taker, to, file.text))
      }, (error: unknown) => { this.#stage.faults.push(error) })
    })
  }

  #receive(taker: Phone, to: Tab, text: string): void {
    void to.device?.receive(text).then((said) => {
      if (!to.alive) return
      this.#stage.note(`${to.name} received: ${JSON.stringify(said)}`)
      const reading = readHandOver(text)
      if (said.ok && reading.ok) this.#oracle.carrying.received(taker, reading.handOver.batches)
    }, (error: unknown) => { this.#stage.faults.push(error) })
  }

  /** Somebody records something on some page of this phone, in the middle of whatever it does. */
  write(phone: Phone, tab = this.#dice.pick(phone.tabs)): void {
    const dice = this.#dice
    const device = tab?.device
    if (!tab || !device) return
    const ticket = dice.pick(tickets)
    const post = dice.pick(booths)
    const record = (stream: string, kind: string, body: unknown) => device.record(stream, kind, body)
    const any = dice.pick(phone.tabs.flatMap((one) => one.device?.recent(3) ?? []))?.operation
    const write: () => Promise<RecordOutcome | ScanResult> = dice.pick([
      () => this.#scan(device, post, ticket),
      () => this.#scan(device, post, ticket),
      () => this.#scanWhereFewFit(device, ticket),
      () => record(floor, 'headcount', { post, count: dice.between(1, 9) }),
      () => record(floor, 'headcount', { post, count: dice.between(1, 9), sheet: dice.pick(['1-1', '1-2']) }),
      () => record(floor, 'service', { booth: post, service: 's-1', count: 1 }),
      // Of a newer version: a kind, and a field, that this one does not know.
      () => record(dice.pick([floor, roster]), 'lantern', { lit: true }),
      () => record(floor, 'headcount', { post, count: dice.between(1, 9), mood: 'calm' }),
      () => (any ? device.undo(any, 'by mistake') : record(floor, 'headcount', { post, count: -1 })),
      () => record(roster, 'attendee', { ticket, alias: dice.pick(['海棠', '银杏']) }),
      () => record(roster, 'attendee.forget', { ticket }),
      () => record('control', 'ticket.revoke', { ticket }),
      () => this.#revoke(phone, record),
      () => record('programme', 'put', { type: 'notice', id: dice.pick(['n-1', 'n-2']), ...(phone.role === 'lead' && { venue: 'v-main' }), value: { venue: 'v-main' } }),
    ])
    this.#stage.after(0, tab, () => this.#hear(phone, tab, write()))
  }

  /** On every page of this phone in the same moment, and on one of them once more. */
  writeOnEvery(phone: Phone): void {
    for (const tab of [...phone.tabs, this.#dice.pick(phone.tabs)]) this.write(phone, tab)
  }

  #joinIn(phone: Phone, tab: Tab, device: Device): void {
    this.#stage.after(0, tab, () => {
      this.#stage.note(`${tab.name} joins as ${phone.role}`)
      void device.join(invites[phone.role], phone.name).then((outcome) => {
        if (tab.alive) this.#stage.note(`${tab.name} joined: ${JSON.stringify(outcome)} as ${device.identity()?.device}`)
      })
    })
  }

  /** Only an organiser may; anybody else's goes to quarantine, which is to be seen as well. */
  #revoke(phone: Phone, record: (stream: string, kind: string, body: unknown) => Promise<RecordOutcome>): Promise<RecordOutcome> {
    const others = this.#phones.filter((one) => one !== phone).flatMap((one) => one.identities().map(({ device }) => device))
    if (others.length === 0 || this.#dice.chance(0.6)) return record(floor, 'headcount', { post: 'b-1', count: 1 })
    return record('control', 'device.revoke', { device: this.#dice.pick(others), after: this.#dice.between(0, 6) })
  }

  async #scan(device: Device, id: string, ticket: string): Promise<ScanResult> {
    const post = postOf(device.programme(), id)
    return post ? device.checkIn(post, { by: 'typed', id: ticket }) : { fault: 'not-joined' }
  }

  /** Where places are few: whoever is turned away is let in anyway, now and then. */
  async #scanWhereFewFit(device: Device, ticket: string): Promise<ScanResult> {
    const post = postOf(device.programme(), few.id)
    if (!post) return { fault: 'not-joined' }
    const result = await device.checkIn(post, { by: 'typed', id: ticket })
    const turnedAway = 'verdict' in result && result.verdict.kind === 'refused' && result.verdict.reason === 'no-place'
    return turnedAway && this.#dice.chance(0.2) ? device.admitAnyway(post, ticket, 'typed', '场地负责人同意') : result
  }

  /** Somebody takes the phone to where few fit, and soon there is a queue; or away from there. */
  goTo(phone: Phone): void {
    const dice = this.#dice
    const [tab] = phone.tabs
    const post = tab?.device && postOf(tab.device.programme(), dice.pick([few.id, few.id, once]))
    if (!tab || !post) return
    this.#stage.note(`${tab.name} works at ${post.id}`)
    this.#stage.after(0, tab, () => { void tab.device?.workAt(post) })
    for (let left = post.id === few.id ? dice.between(0, 6) : 0; left > 0; left--) {
      const ticket = `0000000${dice.between(1, 9)}`
      this.#stage.after(dice.between(0, queueing), tab, () => { if (tab.device) this.#hear(phone, tab, this.#scanWhereFewFit(tab.device, ticket)) })
    }
  }

  #hear(phone: Phone, tab: Tab, outcome: Promise<RecordOutcome | ScanResult>): void {
    void outcome.then((said) => {
      if (!tab.alive) return
      const operation = 'operation' in said ? said.operation : undefined
      if (!operation) return this.#stage.note(`${tab.name} writes nothing: ${'fault' in said ? said.fault : 'seen before'}`)
      this.operations++
      this.#oracle.said(phone, tab, operation)
      this.#stage.note(`${tab.name} wrote ${operation.device}:${operation.n} ${operation.kind} ${JSON.stringify(operation.body).slice(0, 80)}`)
    }, (error: unknown) => { this.#stage.faults.push(error) })
  }

  /** What a version of the app with a bug in it might have written. */
  poison(phone: Phone): void {
    const dice = this.#dice
    const tab = dice.pick(phone.tabs)
    const device = tab?.device?.identity()?.device
    if (!tab || device === undefined) return
    const operation = dice.pick([
      { stream: floor, kind: 'checkin', body: { post: 'b-1' } },
      { stream: floor, kind: 'headcount', body: [] },
      { stream: floor, kind: 'headcount', body: { post: 'b-1', count: 1, note: 'x'.repeat(17_000) } },
      { stream: 'floor:', kind: 'headcount', body: { post: 'b-1', count: 1 } },
      { stream: 'visits:v-main', kind: 'headcount', body: { post: 'b-1', count: 1 } },
      { stream: 'control', kind: 'ticket.revoke', body: { ticket: tickets[0] } },
    ])
    this.#stage.after(0, tab, () => {
      const outbox = new Outbox(tab.ports)
      void outbox.append({ device, operation, now: tab.ports.now(), heard: 0 }).then((result) => {
        outbox.close()
        if (!tab.alive || !result.ok) return
        for (const one of phone.tabs) one.hear('written')
        this.#stage.note(`${tab.name} wrote ${device}:${result.operation.n}, poisoned: ${operation.kind} in ${operation.stream}`)
        this.#oracle.said(phone, undefined, result.operation)
      }, (error: unknown) => {
        // A full phone takes nothing, whatever version writes.
        if (!(error instanceof StorageError)) this.#stage.faults.push(error)
      })
    })
  }
}
