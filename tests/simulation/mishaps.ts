import type { Backup, City } from './city'
import type { Dice } from './dice'
import type { Hub } from './hub'
import type { Oracle } from './oracle'
import type { People } from './people'
import type { Phone, Tab } from './phone'
import type { Actor, Stage } from './stage'
import { fine, type Weather, type Wire } from './wire'

interface Surroundings {
  stage: Stage
  dice: Dice
  city: City
  hub: Hub | undefined
  wire: Wire
  oracle: Oracle
  people: People
  phones: Phone[]
  /** Which epoch a restored log gets. */
  epoch?: 'new' | 'same'
}

/** What befalls phones, network and city. */
export class Mishaps {
  readonly #around: Surroundings
  readonly #fate: Actor = { name: 'fate', alive: true }
  #backups: Backup[] = []

  constructor(around: Surroundings) {
    this.#around = around
  }

  /** The page dies, in the middle of whatever it does. */
  crashPage(phone: Phone): void {
    this.#crash(phone, 'page', (tab) => tab.die())
  }

  crashPhone(phone: Phone): void {
    this.#crash(phone, 'phone', () => phone.kill())
  }

  losePower(phone: Phone): void {
    const { stage, oracle } = this.#around
    this.#crash(phone, 'power', () => {
      phone.kill()
      // What was handed over to the disk is on its way still; it is gone with the rest once that has stopped.
      stage.after(0, this.#fate, () => {
        phone.kill()
        phone.storage.losePower()
        oracle.forgotSeen(phone)
      })
    })
  }

  /** The browser makes room. */
  evictReplica(phone: Phone): void {
    const { oracle } = this.#around
    this.#evict(phone, ['linli-replica'], () => oracle.forgotSeen(phone))
  }

  /** The browser throws everything away, or the person does: whoever joins then is another device. */
  evictEverything(phone: Phone): void {
    const { oracle, people } = this.#around
    // Lost in the city and on the phone: no protocol brings that back. What somebody carries of it may reach the city after its last backup.
    if (!oracle.isInTheCity(phone) || people.handedOver.has(phone)) return
    this.#evict(phone, ['linli-replica', 'linli-outbox', 'linli-courier'], () => {
      oracle.lostEverything(phone)
      // What it had brought is in the city alone now.
      this.#backups = []
    })
  }

  /** The browser makes room while somebody works; pages that are opened already put back what they remember. */
  clearUnderPages(phone: Phone): void {
    const { stage, hub, oracle } = this.#around
    // Tried where there is only the city: a page that is closed before it has put anything back has to read all of it again.
    if (hub) return
    // Lost in the city and on the phone, and a page that has not read it yet remembers nothing.
    if (!oracle.isInTheCity(phone) || phone.tabs.length === 0 || !phone.tabs.every(({ device }) => device)) return
    stage.after(0, this.#fate, () => {
      stage.note(`${phone.name} is cleared while it is open`)
      oracle.cleared(phone)
      for (const name of ['linli-replica', 'linli-outbox']) phone.storage.evict(name)
      phone.storage.full = false
      phone.storage.cutConnections()
    })
  }

  fill(phone: Phone): void {
    phone.storage.full = !phone.storage.full
    this.#around.stage.note(`${phone.name} is ${phone.storage.full ? '' : 'no longer '}full`)
  }

  /** Chrome closes it when it is short of something, iOS when the page was away: the page lives on. */
  dropHandles(phone: Phone): void {
    this.#crash(phone, 'handles', (tab) => tab.dropHandles(), 16)
  }

  /** Moved to a new phone with all that is on it, and the old one stays in use: the same device twice. */
  copyPhone(phone: Phone): void {
    const { stage, hub, phones, oracle, people } = this.#around
    // Between hub and city nobody can say which of two things under one number is the one.
    if (hub) return
    stage.after(0, this.#fate, () => {
      // One that is joining would have two phones become one device, of which only the server can know.
      if (this.#isTwice() || phone.current() === undefined || phone.storage.value('linli-outbox', 'values', 'joining')) return
      stage.note(`${phone.name} is copied`)
      void phone.copy(`${phone.name}c`).then((copy) => {
        oracle.copied(phone, copy)
        phones.push(copy)
        people.open(copy)
      })
    })
  }

  changeVersion(): void {
    const { dice, wire, hub, stage } = this.#around
    // A hub runs the city's version.
    if (hub) return
    wire.citySpeaks = dice.pick([[1], [1, 2], [2]])
    stage.note(`the city speaks ${wire.citySpeaks.join(' and ')}`)
  }

  update(phone: Phone): void {
    const { wire, people } = this.#around
    people.update(phone, Math.max(...wire.citySpeaks))
  }

  changeWeather(): void {
    const { dice, wire, stage } = this.#around
    const some = () => dice.pick([0, 0, 0.15, 0.4])
    wire.weather = dice.chance(0.3) ? fine : {
      lost: some(), replyLost: some(), twice: some(), cut: some(), nonsense: some(), busy: some(), broken: some(), slow: some(),
    } satisfies Weather
    stage.note(`weather: ${JSON.stringify(wire.weather)}`)
  }

  crashCity(): void {
    const { dice, city, stage } = this.#around
    const statements = dice.between(0, 60)
    stage.note(`the city will be killed after ${statements} statements`)
    city.kill(statements)
    this.startCity(dice.between(100, 30_000))
  }

  startCity(later = 0): void {
    const { city, stage } = this.#around
    stage.after(later, this.#fate, () => {
      stage.note('the city starts')
      void city.start()
    })
  }

  backUp(): void {
    const { city, stage } = this.#around
    stage.after(0, this.#fate, () => {
      stage.note('a backup is made')
      void city.backUp().then((backup) => this.#backups.push(backup))
    })
  }

  /**
   * Only of a log that knows everybody: what the others had brought would have no way back. And not while a device is there twice and the city has
   * not found out: the older log might be told the other of the two versions, and neither could be called lost.
   */
  restore(): void {
    const { city, dice, stage, epoch } = this.#around
    const putBack = async () => {
      const present = await city.devices()
      const fit = this.#backups.filter(({ devices }) => devices === present)
      if (fit.length === 0 || this.#isTwice()) return
      stage.note('an older log is put back')
      await city.restore(dice.pick(fit), epoch)
    }
    stage.after(0, this.#fate, () => { void putBack() })
  }

  /** Whether two phones are one device. */
  #isTwice(): boolean {
    const devices = this.#around.phones.map((phone) => phone.current())
    return devices.some((device, index) => device !== undefined && devices.indexOf(device) !== index)
  }

  /** What happens only where there is a hub, and how often. */
  inPark(phone: Phone): (readonly [weight: number, act: () => void])[] {
    return [
      [10, () => this.#move(phone)],
      [6, () => this.#cutHub()],
      [4, () => this.#crashHub()],
      [3, () => this.#startHub()],
    ]
  }

  /** Faults stop: the hub has its network again; or it is lost with all that it had not passed on, and everybody is in the city. */
  async settleHub(): Promise<void> {
    const { hub, dice, stage, oracle } = this.#around
    if (!hub) return
    hub.link.partitioned = false
    if (dice.chance(0.5) && oracle.mayLoseHub()) {
      stage.note('the hub is lost for good')
      await hub.lose()
    } else if (!hub.up) this.#startHub()
  }

  /** Out of the park, or into it. */
  #move(phone: Phone): void {
    const { hub, stage } = this.#around
    phone.link.to = phone.link.to ? undefined : hub
    stage.note(`${phone.name} goes ${phone.link.to ? 'into' : 'out of'} the park`)
  }

  #cutHub(): void {
    const { hub, stage } = this.#around
    if (!hub) return
    hub.link.partitioned = !hub.link.partitioned
    stage.note(`the hub has ${hub.link.partitioned ? 'no' : 'a'} network`)
  }

  #crashHub(): void {
    const { dice, hub, stage } = this.#around
    const statements = dice.between(0, 60)
    stage.note(`the hub will be killed after ${statements} statements`)
    hub?.kill(statements)
    this.#startHub(dice.between(100, 30_000))
  }

  #startHub(later = 0): void {
    const { hub, stage } = this.#around
    stage.after(later, this.#fate, () => {
      stage.note('the hub starts')
      void hub?.start()
    })
  }

  #crash(phone: Phone, what: string, blast: (tab: Tab) => void, within = 120): void {
    const { dice, stage, people } = this.#around
    const turns = dice.between(0, within)
    stage.note(`${phone.name} will crash (${what}) after ${turns} turns`)
    phone.crashAfter(turns, (tab) => {
      stage.note(`${tab.name} crashes: ${what}`)
      blast(tab)
      people.openAgain(phone, dice.between(10, 20_000))
    })
  }

  #evict(phone: Phone, databases: readonly string[], then: () => void): void {
    const { dice, stage, people } = this.#around
    stage.note(`${phone.name} loses ${databases.join(' and ')}`)
    phone.kill()
    stage.after(0, this.#fate, () => {
      phone.kill()
      for (const name of databases) phone.storage.evict(name)
      then()
      people.openAgain(phone, dice.between(10, 5_000))
    })
  }
}
