import type { Device } from '../../src/device'
import type { CarriedBatch } from '../../src/device/courier'
import { canonicalJson } from '../../src/protocol/canonical'
import type { Batch } from '../../src/protocol/batch'
import type { Phone } from './phone'
import { must, type Truth } from './truth'

/** What phones said to have received from others, held against what is stored on them and in the city. */
export class Carrying {
  readonly #truth: Truth
  /** Said to be received and not yet seen in the city, as canonical JSON. */
  readonly #said = new Map<Phone, Map<string, Batch>>()

  constructor(truth: Truth) {
    this.#truth = truth
  }

  /** What a phone wrote itself it sends itself. */
  received(phone: Phone, batches: readonly Batch[]): void {
    const own = new Set(phone.identities().map(({ device }) => device))
    const said = this.#said.get(phone) ?? new Map<string, Batch>()
    this.#said.set(phone, said)
    for (const batch of batches) if (!own.has(batch.device)) said.set(canonicalJson(batch), batch)
  }

  lostEverything(phone: Phone): void {
    this.#said.delete(phone)
  }

  /** It is carried until the city has it. */
  check(phone: Phone): void {
    const carried = new Set(phone.storage.records<CarriedBatch>('linli-courier', 'batches').map(({ batch }) => canonicalJson(batch)))
    const said = this.#said.get(phone)
    for (const [text, batch] of said ?? []) {
      if (carried.has(text)) continue
      must(this.#isInTheCity(batch), `${phone.name} said that it carries ${nameOf(batch)}, has it no more, and the city never had it`)
      said?.delete(text)
    }
  }

  /** Nothing is left that could still be delivered. */
  isQuiet(device: Device): boolean {
    return this.#waiting(device).length === 0
  }

  checkAtRest(phone: Phone): void {
    for (const { name, device } of phone.tabs) {
      if (!device || device.identity()?.revoked) continue
      const [one] = this.#waiting(device)
      must(one === undefined, `8 drained: ${name} still carries ${one ?? ''}`)
    }
  }

  /** What follows on something that only a phone has which was taken out can't come. */
  #waiting(device: Device): string[] {
    const { carried, carriedAside } = device.status()
    const hopeless = carriedAside.filter((aside) => aside.why === 'gap' && this.#truth.takenOut.has(aside.device))
    const others = carriedAside.filter((aside) => !hopeless.includes(aside)).map((aside) => `${aside.device} (${aside.why})`)
    return carried > 0 && carriedAside.length === 0 ? [`${carried} of others`, ...others] : others
  }

  #isInTheCity({ device, from, ops }: Batch): boolean {
    return (this.#truth.acknowledged.get(device) ?? 0) >= from + ops.length - 1
  }
}

function nameOf({ device, from, ops }: Batch): string {
  return `${device}:${from}-${from + ops.length - 1}`
}
