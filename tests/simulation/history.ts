import type { Identity } from '../../src/device'
import type { Ports } from '../../src/device/ports'
import type { Engine } from '../../src/server/log/engine'
import { emptyFestival, openCity, type City, type InvitedRole } from './city'
import { makeDice, type Dice } from './dice'
import { Mishaps } from './mishaps'
import { Oracle } from './oracle'
import { People, queueing } from './people'
import { Phone } from './phone'
import { openHub, type Hub } from './hub'
import { Stage, type Actor } from './stage'
import { Violation } from './truth'
import { fine, Wire } from './wire'

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

/** In every third history there is a hub in the park. */
const inPark = 3

const minute = 60_000
const day = 24 * 60 * minute
/** A phone backs off a minute at most and keeps away ten when asked to: after this it has had every chance. */
const longEnough = 25 * minute
/** Milliseconds between one thing and the next: most of it happens at once. */
const pauses = [0, 0, 5, 100, 100, 1_000, 1_000, 4_000, 15_000] as const

/** Tells what comes of one seed: a festival that opens, a time of trouble, and the rest after it. */
export async function tell(seed: number, plant: Plant = {}): Promise<Told> {
  const festival = await emptyFestival()
  const stage = new Stage(makeDice(seed ^ 0x5eed))
  const giveBack = stage.set()
  const takeOut = plant.patch?.(stage)
  const city = await openCity(stage, festival, plant.engine)
  const dice = makeDice(seed)
  const wire = new Wire(stage, dice, city)
  const hub = seed % inPark === 0 ? await openHub(stage, wire, stage.dice.pick(['lead', 'organiser'])) : undefined
  const history = new History({ stage, dice, city, hub, wire }, plant)
  let violation: Violation | undefined
  try {
    await history.begin()
    await history.trouble()
    await history.rest()
  } catch (error) {
    if (!(error instanceof Violation)) throw error
    violation = error
    stage.note(`VIOLATION ${error.message}`)
  } finally {
    stage.atRest = () => {}
    for (const phone of history.phones) phone.kill()
    if (hub) await stopInTime(stage, hub)
    await city.stop()
    await stage.settle()
    takeOut?.()
    giveBack()
  }
  return { seed, steps: history.steps, operations: history.people.operations, log: stage.log, violation }
}

/** What a hub is still waiting for comes to its end in the stage's time; what people come to see meanwhile concerns nobody any more. */
async function stopInTime(stage: Stage, hub: Hub): Promise<void> {
  let stopped = false
  const stopping = hub.stop().finally(() => { stopped = true })
  while (!stopped) {
    await stage.play(stage.now + minute, () => stopped).catch((error: unknown) => {
      if (!(error instanceof Violation)) throw error
    })
  }
  await stopping
}

interface Scene {
  stage: Stage
  dice: Dice
  city: City
  hub: Hub | undefined
  wire: Wire
}

class History {
  readonly phones: Phone[]
  readonly people: People
  steps = 0
  readonly #dice: Dice
  readonly #stage: Stage
  readonly #city: City
  readonly #hub: Hub | undefined
  readonly #wire: Wire
  readonly #oracle: Oracle
  readonly #mishaps: Mishaps

  constructor({ stage, dice, city, hub, wire }: Scene, { fetch, durability, epoch }: Plant) {
    this.#stage = stage
    this.#dice = dice
    this.#city = city
    this.#hub = hub
    this.#wire = wire
    const roles: InvitedRole[] = ['volunteer', dice.pick(['volunteer', 'lead', 'organiser']), dice.pick(['volunteer', 'host', 'organiser'])]
    this.phones = roles.slice(0, dice.pick([2, 2, 3])).map((role, index) =>
      new Phone({ name: `p${index + 1}`, role, stage, dice, wire, durability, fetch }))
    const oracle = this.#oracle = new Oracle(stage, city, this.phones, hub)
    const people = this.people = new People(stage, dice, oracle, this.phones)
    this.#mishaps = new Mishaps({ stage, dice, city, hub, wire, oracle, people, phones: this.phones, epoch })
    stage.atRest = async () => {
      this.steps++
      await oracle.check()
    }
  }

  async begin(): Promise<void> {
    for (const phone of this.phones) {
      if (this.#hub && this.#dice.chance(0.6)) phone.link.to = this.#hub
      this.people.open(phone)
      if (this.#dice.chance(0.25)) this.people.open(phone)
    }
    await this.#stage.play(this.#stage.now + 3_000)
  }

  /** What people and the world do, one thing after the other. */
  async trouble(): Promise<void> {
    const dice = this.#dice
    for (let left = dice.between(8, 24); left > 0; left--) {
      this.#deal(dice.pick(this.phones))()
      await this.#stage.play(this.#stage.now + dice.pick(pauses) * (1 + dice.roll()))
    }
  }

  /** Faults stop, whoever is nobody joins, and time goes on until nothing moves. */
  async rest(): Promise<void> {
    const stage = this.#stage
    stage.note('— faults stop —')
    this.#wire.weather = fine
    for (const phone of this.phones) {
      phone.link.partitioned = false
      phone.storage.full = false
      phone.crashAfter(Infinity, () => {})
      if (phone.tabs.length === 0) this.people.open(phone)
      if (!phone.visible) this.people.look(phone, true)
    }
    if (!this.#city.up) this.#mishaps.startCity()
    // Whoever stands in a queue comes in or is turned away first.
    await stage.play(stage.now + queueing)
    await this.#mishaps.settleHub()
    if (this.#hub?.lost) for (const phone of this.phones) phone.link.to = undefined
    for (const end = stage.now + longEnough; stage.now < end;) {
      for (const phone of this.phones) this.#attend(phone)
      if (await stage.play(stage.now + 20_000, () => this.#oracle.isQuiet())) break
    }
    for (const tab of this.phones.flatMap(({ tabs }) => tabs)) {
      const { phase, trouble, waiting, undeliverable } = tab.device?.status() ?? {}
      stage.note(`${tab.name} is ${phase}, ${waiting} wait, ${undeliverable} without hope, ${trouble ?? 'no trouble'}`)
    }
    // What one gave back the others get when they ask next.
    await stage.play(stage.now + 3_000)
    await this.#oracle.checkAtRest()
    await this.#sayAllAgain()
  }

  /** A person does what the screen asks for: joins, joins again, loads the new version. */
  #attend(phone: Phone): void {
    const open = phone.tabs.flatMap(({ device }) => device ?? [])
    const isNobody = open.some((device) => mustJoin(device.identity()))
    if (isNobody) this.people.join(phone)
    else if (open.some((device) => device.status().trouble === 'unknown-version')) this.#mishaps.update(phone)
  }

  #deal(phone: Phone): () => void {
    const people = this.people
    const mishaps = this.#mishaps
    const dice = this.#dice
    const deck: (readonly [weight: number, act: () => void])[] = [
      [30, () => people.write(phone)],
      [6, () => people.writeOnEvery(phone)],
      [12, () => people.goTo(phone)],
      [4, () => people.poison(phone)],
      [4, () => people.open(phone)],
      [3, () => people.close(phone)],
      [3, () => people.look(phone, !phone.visible)],
      [4, () => people.askToSync(phone)],
      [6, () => people.handOver(phone, dice.pick(this.phones))],
      [1, () => people.join(phone)],
      [5, () => phone.setClock(dice.pick([-day, day, -minute, 7 * minute]))],
      [4, () => phone.setNetwork(phone.link.partitioned)],
      [8, () => mishaps.crashPage(phone)],
      [4, () => mishaps.crashPhone(phone)],
      [6, () => mishaps.losePower(phone)],
      [5, () => { mishaps.dropHandles(phone); people.writeOnEvery(phone) }],
      [2, () => mishaps.copyPhone(phone)],
      [2, () => mishaps.evictReplica(phone)],
      [1, () => mishaps.evictEverything(phone)],
      [1, () => mishaps.clearUnderPages(phone)],
      [2, () => mishaps.fill(phone)],
      [6, () => mishaps.changeWeather()],
      [2, () => mishaps.changeVersion()],
      [2, () => mishaps.update(phone)],
      [3, () => mishaps.crashCity()],
      [3, () => mishaps.startCity()],
      [3, () => mishaps.backUp()],
      [3, () => mishaps.restore()],
    ]
    if (this.#hub) deck.push(...mishaps.inPark(phone))
    let left = dice.roll() * deck.reduce((sum, [weight]) => sum + weight, 0)
    return (deck.find(([weight]) => (left -= weight) < 0) ?? deck[0]!)[1]
  }

  /** 6: sending anything twice changes nothing. */
  async #sayAllAgain(): Promise<void> {
    const again: Actor = { name: 'again', alive: true }
    // A wish that could not be granted is still a wish when it is heard again; places that nobody needs come back.
    const heads = async () => {
      const { truth } = this.#city
      const places = (await Promise.all([truth.operationsOfKind('control', 'lease'), truth.operationsOfKind('control', 'lease.return')])).flat()
      return JSON.stringify([...await truth.heads()].map(([stream, head]) => [stream, stream === 'control' ? head - places.length : head]))
    }
    const before = await heads()
    for (const message of this.#wire.taken.slice(-30)) {
      if (message.path === '/api/sync') this.#stage.after(0, again, () => { void this.#wire.resend(message) })
    }
    await this.#stage.play(this.#stage.now + 1_000)
    const after = await heads()
    if (before !== after) throw new Violation(`6 twice: ${before} became ${after} by what had been sent before`)
  }
}

/** Nobody yet, or somebody who writes nothing more: cleared, or copied. */
function mustJoin(identity: Identity | undefined): boolean {
  return !identity || identity.frozen === true || identity.cleared === true
}

/** For whoever has to find out: the seed, what happened, and how to see it again. */
export function report({ seed, log, violation }: Told, lines = 80): string {
  return [
    `seed ${seed}: ${violation?.message}`, ...log.slice(-lines),
    `again: LINLI_SEED=${seed} npx vitest run --config tests/vitest.config.ts tests/simulation`,
  ].join('\n')
}
