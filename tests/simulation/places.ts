import { millisecondsOf } from '../../src/domain/clock'
import { digestOf } from '../../src/domain/digest'
import { stateOf } from '../../src/domain/fold'
import { callsAt, freePlaces, takersAt } from '../../src/domain/lease'
import type { Operation } from '../../src/domain/operation'
import { operationId } from '../../src/domain/operation'
import { postOf } from '../../src/domain/post'
import type { State } from '../../src/domain/state'
import { canonicalJson } from '../../src/protocol/canonical'
import { few } from './city'
import type { Copies } from './copies'
import type { Phone } from './phone'
import type { Stage } from './stage'
import { must, type Truth } from './truth'

/** What says how many are in: all that may bring a check-in back belongs to it. */
const counted = new Set(['checkin', 'void'])
const granted = new Set(['lease', 'lease.return'])

/**
 * 7: admitted minus overrides never exceeds capacity, over all that the city ever stored and all that stands on the phones, heard by anybody or not. What was revoked
 * counts here too: a revocation may fall.
 *
 * A log that was put back may know nothing of some leases and grant their places again, and nobody can prevent that (docs/server.md, "Places"); from then on
 * nothing is asked here.
 */
export class PlacesCheck {
  readonly #stage: Stage
  readonly #truth: Truth
  readonly #phones: readonly Phone[]
  /** How much had been written when it was last looked at, by phone. */
  readonly #writes = new Map<Phone, number>()
  #stored = 0
  #lost = false

  readonly #copies: Copies

  constructor(stage: Stage, truth: Truth, phones: readonly Phone[], copies: Copies) {
    this.#copies = copies
    this.#stage = stage
    this.#truth = truth
    this.#phones = phones
  }

  /** The city has lost places that it granted, or returns that it took. */
  get lost(): boolean {
    const { stored, present } = this.#truth
    this.#lost ||= [...stored].some(([id, { kind }]) => granted.has(kind) && !present.committed.has(id))
    return this.#lost
  }

  /** What a state says. Leases that the city lost with its log, some phones have seen and others have not. */
  digest(state: State): string {
    const { leases, leaseReturns, ...rest } = digestOf(state)
    return canonicalJson(this.lost ? rest : { ...rest, leases, leaseReturns })
  }

  /** After every step in which something was written. */
  check(): void {
    const { stored } = this.#truth
    const still = stored.size === this.#stored && this.#phones.every((phone) => this.#writes.get(phone) === phone.storage.writes)
    if (still) return
    this.#stored = stored.size
    for (const phone of this.#phones) this.#writes.set(phone, phone.storage.writes)
    if (this.lost) return
    const all = new Map<string, Operation>()
    // A copied phone has its places twice; of what both let in the city takes one's.
    const onPhones = this.#phones.flatMap((phone) => phone.operations()).filter(({ device }) => !this.#copies.has(device))
    for (const operation of [...stored.values(), ...onPhones]) {
      if (counted.has(operation.kind)) all.set(operationId(operation), operation)
    }
    const admitted = [...takersAt(stateOf(all.values()), few.id).values()].flat()
    must(admitted.length <= few.capacity, `7 capacity: ${admitted.length} of ${few.capacity} were let in: ${admitted.map(({ source }) => operationId(source)).join(' ')}`)
  }

  /** Everybody has heard everything: no place lies idle in the city while a phone that works there has none. */
  checkAtRest(everything: readonly Operation[]): void {
    if (this.lost) return
    const state = stateOf(everything)
    // For half a minute what is free is kept for whoever called, and may have gone; then the others ask again.
    if (callsAt(state, few.id).some(({ source }) => millisecondsOf(source.at) > this.#stage.now - 60_000)) return
    const free = freePlaces(state, state, few.id, few.capacity, new Map())
    for (const { name, device } of this.#phones.flatMap(({ tabs }) => tabs.slice(0, 1))) {
      const post = device && postOf(device.programme(), few.id)
      if (!device?.identity() || device.identity()?.revoked || device.post() !== few.id || !post) continue
      must(free === 0 || device.room(post)?.left !== 0, `7 capacity: ${free} are free, and ${name} has none`)
    }
  }
}
