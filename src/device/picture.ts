import { hear } from '../domain/clock'
import { fold } from '../domain/fold'
import type { DeviceId, Operation, StreamName, TicketId } from '../domain/operation'
import { createState } from '../domain/state'
import { operationOf, type Row } from './page'
import type { Page } from './replica'
import type { ShelvedSnapshot } from './shelf'

/** Attendees that stay in their pages until somebody asks for them. */
export interface Shelved {
  /** Tickets of which everything is in the state. */
  read: Set<TicketId>
  /** Forgotten tickets of which nothing is left in the pages. */
  cleaned: Set<TicketId>
}

/** The fold of what this phone holds, and how far it has read to get there. */
export class Picture {
  readonly state = createState()
  /** Own operations by device, in order of n: also those of this phone's former devices. */
  readonly own = new Map<DeviceId, Operation[]>()
  /** Per stream and device, the highest n in the pages: with it stands all that the device wrote there before. */
  readonly held = new Map<StreamName, Map<DeviceId, number>>()
  /** By stream that began with a snapshot. */
  readonly shelved = new Map<StreamName, Shelved>()
  /** The highest `at` heard from others that is not absurdly ahead. */
  heard = 0
  lastPage = 0

  readonly #isQuarantined: (operation: Operation) => boolean
  readonly #isForked: (own: Operation) => boolean

  /**
   * @param isQuarantined what the server put aside is never inserted anywhere, so it does not count here either
   * @param isForked nor does what was written here under numbers that another phone has used: the log has the other's, or will have none
   */
  constructor(isQuarantined: (operation: Operation) => boolean, isForked: (own: Operation) => boolean) {
    this.#isQuarantined = isQuarantined
    this.#isForked = isForked
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
    if (!this.#isForked(operation)) this.#fold([operation])
  }

  /** @param now corrected time in milliseconds */
  addPage({ id = 0, stream, rows }: Page, now: number): void {
    this.lastPage = Math.max(this.lastPage, id)
    this.#hold(stream, rows)
    this.addRows(stream, rows, now)
  }

  /** Rows of a snapshot's page. How far its devices go the snapshot says itself. */
  addRows(stream: StreamName, rows: readonly Row[], now: number): void {
    for (const [, , at] of rows) this.heard = hear(this.heard, at, now)
    this.#fold(rows.map((row) => operationOf(stream, row)))
  }

  /** A snapshot whose pages that are read at once have been added. */
  addSnapshot({ stream, have, cleaned }: ShelvedSnapshot): void {
    this.#hold(stream, Object.entries(have))
    this.shelved.set(stream, { read: new Set(), cleaned: new Set(cleaned) })
  }

  #hold(stream: StreamName, numbers: readonly (Row | [DeviceId, number])[]): void {
    let held = this.held.get(stream)
    if (!held) this.held.set(stream, (held = new Map()))
    for (const [device, n] of numbers) held.set(device, Math.max(held.get(device) ?? 0, n))
  }

  /**
   * The pages were thrown away under this one: what it has seen it goes on seeing, but from now on it says that it has what is stored, and that is
   * read again from the start.
   */
  lostPages(): void {
    this.held.clear()
    this.shelved.clear()
    this.lastPage = 0
  }

  /** Nothing of what others wrote was read so far. */
  get isEmpty(): boolean {
    return this.lastPage === 0 && this.shelved.size === 0
  }

  #fold(operations: Operation[]): void {
    fold(this.state, operations.filter((operation) => !this.#isQuarantined(operation)))
  }
}
