import { hear } from '../domain/clock'
import { fold } from '../domain/fold'
import type { DeviceId, Operation, StreamName } from '../domain/operation'
import { createState } from '../domain/state'
import type { Page } from './replica'
import { operationOf } from './replica'

/** The fold of what this phone holds, and how far it has read to get there. */
export class Picture {
  readonly state = createState()
  /** Own operations by device, in order of n: also those of this phone's former devices. */
  readonly own = new Map<DeviceId, Operation[]>()
  /** Per stream and device, the highest n in the pages: with it stands all that the device wrote there before. */
  readonly held = new Map<StreamName, Map<DeviceId, number>>()
  /** The highest `at` heard from others that is not absurdly ahead. */
  heard = 0
  lastPage = 0

  readonly #isQuarantined: (operation: Operation) => boolean

  /** @param isQuarantined what the server put aside is never inserted anywhere, so it does not count here either */
  constructor(isQuarantined: (operation: Operation) => boolean) {
    this.#isQuarantined = isQuarantined
  }

  lastNumber(device: DeviceId): number {
    return this.own.get(device)?.at(-1)?.n ?? 0
  }

  /** Takes up an own operation that is durable already. Those before it are here, or it is left for the next reading. */
  addOwn(operation: Operation): void {
    if (operation.n !== this.lastNumber(operation.device) + 1) return
    const list = this.own.get(operation.device)
    if (list) list.push(operation)
    else this.own.set(operation.device, [operation])
    this.#fold([operation])
  }

  /** @param now corrected time in milliseconds */
  addPage({ id = 0, stream, rows }: Page, now: number): void {
    this.lastPage = Math.max(this.lastPage, id)
    let held = this.held.get(stream)
    if (!held) this.held.set(stream, (held = new Map()))
    for (const [device, n, at] of rows) {
      held.set(device, Math.max(held.get(device) ?? 0, n))
      this.heard = hear(this.heard, at, now)
    }
    this.#fold(rows.map((row) => operationOf(stream, row)))
  }

  #fold(operations: Operation[]): void {
    fold(this.state, operations.filter((operation) => !this.#isQuarantined(operation)))
  }
}
