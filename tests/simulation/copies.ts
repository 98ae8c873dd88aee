import type { DeviceId, Operation } from '../../src/domain/operation'
import { operationId } from '../../src/domain/operation'
import { canonicalJson } from '../../src/protocol/canonical'
import type { Phone, Tab } from './phone'
import { isErased, must, type Truth } from './truth'

/** Phones that were copied: two write as one device, and of what stands twice under one number the city has one at most. */
export class Copies {
  readonly #truth: Truth
  readonly #devices = new Set<DeviceId>()

  constructor(truth: Truth) {
    this.#truth = truth
  }

  add(phone: Phone): void {
    for (const { device } of phone.identities()) this.#devices.add(device)
  }

  has(device: DeviceId): boolean {
    return this.#devices.has(device)
  }

  /** Acknowledged, and of a device that is there twice: this and no other. What was put aside of such a one is not compared. */
  isSafe(operation: Operation): boolean {
    const { acknowledged, stored, aside } = this.#truth
    if (operation.n > (acknowledged.get(operation.device) ?? 0)) return false
    return !this.has(operation.device) || aside.has(operationId(operation)) || isSame(stored.get(operationId(operation)), operation)
  }

  /** What a phone wrote as devices of which it knows that they are there twice. */
  ofFrozen(phone: Phone): Operation[] {
    const frozen = new Set(phone.identities().filter((identity) => identity.frozen).map(({ device }) => device))
    return frozen.size === 0 ? [] : phone.operations().filter(({ device }) => frozen.has(device))
  }

  /** 8: nothing waits but what a phone wrote that was there twice, and of that it says so. */
  checkAtRest(phone: Phone, { name, device }: Tab): void {
    if (!device || device.identity()?.revoked) return
    const { waiting, undeliverable } = device.status()
    const twice = this.ofFrozen(phone)
    const lost = twice.filter((operation) => !this.isSafe(operation)).length
    must(waiting === undeliverable && waiting <= twice.length, `8 drained: ${name} says that ${waiting} wait`)
    must(undeliverable >= lost, `status: ${name} can't send ${lost}, and says ${undeliverable}`)
  }
}

function isSame(one: Operation | undefined, other: Operation): boolean {
  return one !== undefined && (isErased(one) || isErased(other) || canonicalJson(one) === canonicalJson(other))
}
