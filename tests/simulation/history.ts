import type { Device } from '../../src/device'
import type { Ports } from '../../src/device/ports'
import type { Role } from '../../src/domain/role'
import type { Engine } from '../../src/server/log/engine'
import { emptyFestival, invites, openCity, type Backup, type City } from './city'
import { makeDice, type Dice } from './dice'
import { Oracle, Violation } from './oracle'
import { People } from './people'
import { Phone, type Tab } from './phone'
import { Stage, type Actor } from './stage'
import { fine, Wire, type Weather } from './wire'

/** A bug put in on purpose, to show that it would be found. Only tests have any; nothing in src knows of them. */
export interface Plant {
  /** Puts it into a class for as long as a history lasts; returns how to take it out. */
  patch?(stage: Stage): () => void
  /** Between the server and its database. */
  engine?(engine: Engine): Engine
  /** Between a phone and the network. */
  fetch?(send: Ports['fetch'], stage: Stage): Ports['fetch']
  /** What a phone's disk makes of the durability that was asked for. */
  durability?(asked: string): string
  /** Which epoch a restored log gets. */
  epoch?: 'new' | 'same'
}

/** What came of one seed. */
export interface Told {
  seed: number
  steps: number
  operations: number
  log: readonly string[]
  violation?: Violation
}

const minute = 60_000
const day = 24 * 60 * minute
/** A phone rests a minute while nobody looks, keeps away ten when asked to, and backs off at most one. */
const longEnough = 25 * minute

class History {
  readonly #seed: number
  readonly #dice: Dice
  readonly #stage: Stage
  readonly #plant: Plant
  readonly #sim: Actor = { name: 'sim', alive: true }
  readonly #phones: Phone[] = []
  #city!: City
  #wire!: Wire
  #oracle!: Oracle
  #people!: People
  #backups: Backup[] = []
  #steps = 0

  constructor(seed: number, plant: Plant) {
    this.#seed = seed
    this.#plant = plant
    this.#dice = makeDice(seed)
    this.#stage = new Stage(makeDice(seed ^ 0x5eed))
  }

  async tell(): Promise<Told> {
    const stage = this.#stage
    const festival = await emptyFestival()
    const giveBack = stage.set()
    const takeOut = this.#plant.patch?.(stage)
    let violation: Violation | undefined
    try {
      await this.#begin(festival)
      await this.#trouble()
      await this.#rest()
    } catch (error) {
      if (!(error instanceof Violation)) throw error
      violation = error
      stage.note(`VIOLATION ${error.message}`)
    } finally {
      stage.atRest = () => {}
      for (const phone of this.#phones) phone.kill()
      await this.#city?.stop()
      await stage.settle()
      takeOut?.()
      giveBack()
    }
    return { seed: this.#seed, steps: this.#steps, operations: this.#people?.operations ?? 0, log: stage.log, violation }
  }

  async #begin(festival: string): Promise<void> {
    const dice = this.#dice
    const stage = this.#stage
    this.#city = await openCity(stage, festival, this.#plant.engine)
    this.#wire = new Wire(stage, dice, this.#city)
    const roles: Role[] = ['volunteer', dice.pick(['volunteer', 'lead', 'organiser']), dice.pick(['volunteer', 'host', 'organiser'])]
    for (const [index, role] of roles.slice(0, dice.pick([2, 2, 3])).entries()) {
      const phone = new Phone(`p${index + 1}`, role, stage, dice, this.#wire, this.#plant.durability)
      phone.plantedFetch = this.#plant.fetch
      this.#phones.push(phone)
    }
    this.#oracle = new Oracle(stage, this.#city, this.#phones)
    this.#people = new People(stage, dice, this.#oracle, this.#phones)
    stage.atRest = async () => {
      this.#steps++
      await this.#oracle.check()
    }
    for (const phone of this.#phones) {
      this.#open(phone)
      if (dice.chance(0.25)) this.#open(phone)
    }
    await stage.play(stage.now + 3_000)
  }

  /** What people and the world do, one thing after the other. */
  async #trouble(): Promise<void> {
    const dice = this.#dice
    const stage = this.#stage
    for (let left = dice.between(8, 24); left > 0; left--) {
      const [, act] = this.#deal()
      act()
      await stage.play(stage.now + dice.pick([0, 0, 5, 100, 100, 1_000, 1_000, 4_000, 15_000]) * (1 + dice.roll()))
    }
  }

  #deal(): readonly [number, () => void] {
    const phone = this.#dice.pick(this.#phones)
    const deck: (readonly [number, () => void])[] = [
      [30, () => this.#people.write(phone)],
      [6, () => { this.#people.write(phone); this.#people.write(phone) }],
      [4, () => this.#people.poison(phone)],
      [4, () => this.#open(phone)],
      [3, () => this.#do(phone, 'is closed', () => this.#dice.pick(phone.tabs)?.die())],
      [8, () => this.#crash(phone, 'page', (tab) => tab.die())],
      [4, () => this.#crash(phone, 'phone', () => phone.kill())],
      [6, () => this.#crash(phone, 'power', () => this.#losePower(phone))],
      [2, () => this.#evict(phone, ['linli-replica'])],
      [1, () => this.#evict(phone, ['linli-replica', 'linli-outbox'])],
      [3, () => this.#do(phone, 'clock jumps', () => { phone.ahead += this.#dice.pick([-day, day, -minute, 7 * minute]) })],
      [3, () => this.#do(phone, 'is looked at or not', () => this.#look(phone, !phone.visible))],
      [4, () => this.#do(phone, 'network comes or goes', () => { phone.link.partitioned = !phone.link.partitioned })],
      [4, () => this.#ask(phone)],
      [1, () => this.#join(phone)],
      [6, () => this.#changeWeather()],
      [3, () => this.#crashCity()],
      [3, () => this.#later('the city starts', () => this.#city.start())],
      [3, () => this.#later('a backup is made', async () => { if (this.#city.up) this.#backups.push(await this.#city.backUp()) })],
      [3, () => this.#later('a backup is put back', () => this.#restore())],
    ]
    let left = this.#dice.roll() * deck.reduce((sum, [weight]) => sum + weight, 0)
    return deck.find(([weight]) => (left -= weight) < 0) ?? deck[0]!
  }

  /** Faults stop, whoever is nobody joins, and time goes on until nothing moves. */
  async #rest(): Promise<void> {
    const stage = this.#stage
    stage.note('— faults stop —')
    this.#wire.weather = fine
    for (const phone of this.#phones) {
      phone.link.partitioned = false
      phone.crashAfter(Infinity, () => {})
    }
    await this.#now(async () => { if (!this.#city.up) await this.#city.start() })
    for (const phone of this.#phones) {
      if (phone.tabs.length === 0) this.#open(phone)
      if (!phone.visible) this.#look(phone, true)
    }
    const end = stage.now + longEnough
    while (stage.now < end) {
      // A person sees that the phone has not joined and tries again.
      for (const phone of this.#phones) {
        if (phone.tabs.some(({ device }) => device && !device.identity())) this.#join(phone)
      }
      if (await stage.play(stage.now + 20_000, () => this.#oracle.isQuiet())) break
    }
    for (const tab of this.#phones.flatMap(({ tabs }) => tabs)) {
      const { phase, trouble, waiting, undeliverable } = tab.device?.status() ?? {}
      stage.note(`${tab.name} is ${phase}, ${waiting} wait, ${undeliverable} without hope, ${trouble ?? 'no trouble'}`)
    }
    await this.#oracle.checkAtRest()
    await this.#sayAllAgain()
  }

  /** 6: sending anything twice changes nothing. */
  async #sayAllAgain(): Promise<void> {
    const log = this.#city.truth
    const before = JSON.stringify([...await log.heads()])
    for (const message of this.#wire.taken.slice(-30)) {
      if (message.path === '/api/sync') this.#stage.after(0, this.#sim, () => { void this.#wire.resend(message) })
    }
    await this.#stage.play(this.#stage.now + 1_000)
    const after = JSON.stringify([...await log.heads()])
    if (before !== after) throw new Violation(`6 twice: ${before} became ${after} by what had been sent before`)
  }

  /** Something of the city's; nothing else happens meanwhile. */
  async #now(work: () => Promise<unknown>): Promise<void> {
    await work()
    await this.#stage.settle()
  }

  #later(what: string, work: () => Promise<void>): void {
    this.#stage.after(0, this.#sim, () => {
      this.#stage.note(what)
      void work()
    })
  }

  #do(phone: Phone, what: string, work: () => void): void {
    this.#stage.note(`${phone.name} ${what}`)
    work()
  }

  #open(phone: Phone): void {
    if (phone.tabs.length >= 2) return
    const tab = phone.open()
    this.#oracle.opened(phone, tab)
    this.#stage.note(`${tab.name} opens`)
    this.#stage.after(2_000, tab, () => { if (tab.device && !tab.device.identity()) this.#joinIn(phone, tab, tab.device) })
  }

  #join(phone: Phone): void {
    const [tab] = phone.tabs
    if (tab?.device) this.#joinIn(phone, tab, tab.device)
  }

  #joinIn(phone: Phone, tab: Tab, device: Device): void {
    this.#stage.after(0, tab, () => {
      this.#stage.note(`${tab.name} joins as ${phone.role}`)
      void device.join(invites[phone.role as keyof typeof invites], phone.name).then((outcome) => {
        if (tab.alive) this.#stage.note(`${tab.name} joined: ${JSON.stringify(outcome)} as ${device.identity()?.device}`)
      })
    })
  }

  #crash(phone: Phone, what: string, blast: (tab: Tab) => void): void {
    const turns = this.#dice.between(0, 120)
    this.#stage.note(`${phone.name} will crash (${what}) after ${turns} turns`)
    phone.crashAfter(turns, (tab) => {
      this.#stage.note(`${tab.name} crashes: ${what}`)
      blast(tab)
      this.#stage.after(this.#dice.between(10, 20_000), this.#sim, () => { if (phone.tabs.length === 0) this.#open(phone) })
    })
  }

  #losePower(phone: Phone): void {
    phone.kill()
    // What was handed over to the disk is on its way still; it is gone with the rest once that has stopped.
    this.#stage.after(0, this.#sim, () => {
      phone.kill()
      phone.storage.losePower()
      this.#oracle.forgotSeen(phone)
    })
  }

  #evict(phone: Phone, databases: string[]): void {
    // Lost in the city and on the phone: no protocol brings that back.
    if (databases.includes('linli-outbox') && !this.#oracle.isInTheCity(phone)) return
    this.#stage.note(`${phone.name} loses ${databases.join(' and ')}`)
    phone.kill()
    this.#stage.after(0, this.#sim, () => {
      phone.kill()
      for (const name of databases) phone.storage.evict(name)
      if (databases.includes('linli-outbox')) {
        this.#oracle.lostEverything(phone)
        // What it had brought is in the city alone now.
        this.#backups = []
      } else this.#oracle.forgotSeen(phone)
      this.#stage.after(this.#dice.between(10, 5_000), this.#sim, () => { if (phone.tabs.length === 0) this.#open(phone) })
    })
  }

  #look(phone: Phone, visible: boolean): void {
    phone.visible = visible
    for (const tab of phone.tabs) this.#stage.after(0, tab, () => tab.tell(visible ? 'shown' : 'hidden'))
  }

  #ask(phone: Phone): void {
    const tab = this.#dice.pick(phone.tabs)
    if (!tab) return
    this.#stage.note(`${tab.name} is asked to sync`)
    this.#stage.after(0, tab, () => { void tab.device?.syncNow() })
  }

  #changeWeather(): void {
    const dice = this.#dice
    const some = () => dice.pick([0, 0, 0.15, 0.4])
    this.#wire.weather = dice.chance(0.3) ? fine : {
      lost: some(), replyLost: some(), twice: some(), cut: some(), nonsense: some(), busy: some(), broken: some(), slow: some(),
    } satisfies Weather
    this.#stage.note(`weather: ${JSON.stringify(this.#wire.weather)}`)
  }

  #crashCity(): void {
    const statements = this.#dice.between(0, 60)
    this.#stage.note(`the city will be killed after ${statements} statements`)
    this.#city.kill(statements)
    this.#stage.after(this.#dice.between(100, 30_000), this.#sim, () => {
      this.#stage.note('the city starts')
      void this.#city.start()
    })
  }

  /** Only a log that knows everybody: what the others had brought would have no way back. */
  async #restore(): Promise<void> {
    if (!this.#city.up) return
    const present = await this.#city.devices()
    const fit = this.#backups.filter(({ devices }) => devices === present)
    if (fit.length === 0) return
    this.#stage.note('an older log is put back')
    await this.#city.restore(this.#dice.pick(fit), this.#plant.epoch)
  }
}

export function tell(seed: number, plant: Plant = {}): Promise<Told> {
  return new History(seed, plant).tell()
}

/** For whoever has to find out: the seed, what happened, and how to see it again. */
export function report({ seed, log, violation }: Told, lines = 80): string {
  return [
    `seed ${seed}: ${violation?.message}`, ...log.slice(-lines),
    `again: LINLI_SEED=${seed} npx vitest run --config tests/vitest.config.ts tests/simulation`,
  ].join('\n')
}


