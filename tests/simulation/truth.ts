import type { DeviceId, Operation, StreamName } from '../../src/domain/operation'
import { operationId } from '../../src/domain/operation'
import { canonicalJson } from '../../src/protocol/canonical'
import type { City, Server } from './city'
import type { Hub } from './hub'
import { rowsIn } from './phone'
import type { Stage } from './stage'

/** Something that must always hold did not. */
export class Violation extends Error {
  override name = 'Violation'
}

export function must(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Violation(what)
}

/** One log of a server, from one restoring to the next. */
export interface Lineage {
  /** By stream, in the order of `seq`. */
  streams: Map<StreamName, string[]>
  /** When each was committed, in milliseconds. */
  committed: Map<string, number>
}

/**
 * What the logs of the city and of the park held from one step to the next, kept as plain sets. The numbers in what it finds are those of docs/protocol.md, "What
 * must always hold".
 */
export class Truth {
  readonly lineages = new Map<string, Lineage>()
  /** Everything that any log ever stored. */
  readonly stored = new Map<string, Operation>()
  /** Everything that any log ever put aside. */
  readonly aside = new Set<string>()
  /** Of that, what the city ever had. */
  readonly inCity = new Set<string>()
  /** The most that any log ever acknowledged, and the most that the city did. */
  readonly acknowledged = new Map<DeviceId, number>()
  readonly durable = new Map<DeviceId, number>()
  /** Revoked by some log. */
  readonly takenOut = new Set<DeviceId>()
  /** When something new was stored last, in milliseconds. */
  lastCommit = 0
  readonly #stage: Stage
  readonly #city: City
  readonly #hub: Hub | undefined
  /** By stream and device, every n that was ever stored there. */
  readonly #numbers = new Map<string, Set<number>>()
  readonly #cityEpochs = new Set<string>()
  readonly #commits = new Map<Server, number>()

  constructor(stage: Stage, city: City, hub: Hub | undefined) {
    this.#stage = stage
    this.#city = city
    this.#hub = hub
  }

  get present(): Lineage {
    return this.#lineageOf(this.#city)
  }

  /** Whether this was the epoch of one of the city's logs. */
  isCitys(epoch: string): boolean {
    return this.#cityEpochs.has(epoch)
  }

  /** Whether whoever looks at this log can still be answered. */
  isThere(epoch: string): boolean {
    return !this.#hub?.lost || this.isCitys(epoch)
  }

  #lineageOf({ services: { epoch } }: Server): Lineage {
    const lineage = this.lineages.get(epoch) ?? { streams: new Map(), committed: new Map() }
    this.lineages.set(epoch, lineage)
    return lineage
  }

  /** 1: within a log nothing goes back. 2: streams are dense. 6: nothing is there twice. */
  async read(): Promise<void> {
    await this.#read(this.#city)
    if (this.#hub && !this.#hub.lost) await this.#read(this.#hub)
  }

  async #read(server: Server): Promise<void> {
    if (this.#commits.get(server) === server.commits) return
    this.#commits.set(server, server.commits)
    const log = server.truth
    const isCity = server === this.#city
    if (isCity) this.#cityEpochs.add(server.services.epoch)
    const lineage = this.#lineageOf(server)
    const { streams } = lineage
    for (const [stream, head] of await log.heads()) {
      const known = streams.get(stream) ?? []
      streams.set(stream, known)
      must(head >= known.length, `1 durable: ${stream} went back from ${known.length} to ${head} within one epoch`)
      for (const { seq, body, ...row } of head > known.length ? await log.operations(stream, known.length, head, head) : []) {
        must(seq === known.length + 1, `2 dense: ${stream} has ${seq} after ${known.length}`)
        this.#take(lineage, known, { ...row, stream, body: readBody(body) })
        if (isCity) this.inCity.add(operationId(row))
      }
      must(known.length === head, `2 dense: ${stream} says ${head} and has ${known.length}`)
    }
    const devices = await log.devices()
    for (const { device, accepted, revokedAfter } of devices) {
      if (revokedAfter !== null) this.takenOut.add(device)
      for (const most of isCity ? [this.acknowledged, this.durable] : [this.acknowledged]) most.set(device, Math.max(accepted, most.get(device) ?? 0))
    }
    for (const aside of await log.quarantined(devices.map(({ device }) => device))) this.aside.add(operationId(aside))
  }

  /** What the present log holds, read anew. */
  async everything(): Promise<Map<string, Operation>> {
    const log = this.#city.truth
    const found = new Map<string, Operation>()
    for (const [stream, head] of await log.heads()) {
      for (const { body, device, n, at, kind } of await log.operations(stream, 0, head, head)) {
        found.set(`${device}:${n}`, { device, n, at, stream, kind, body: readBody(body) })
      }
    }
    return found
  }

  /** Everything that the snapshots of the present log hold. */
  async inSnapshots(): Promise<string[]> {
    const log = this.#city.truth
    const found: string[] = []
    for (const [stream] of await log.heads()) {
      for (const { id } of (await log.snapshot(stream))?.pages ?? []) {
        const page = await log.snapshotPage(stream, id)
        must(page !== undefined, `a snapshot of ${stream} has lost a page`)
        found.push(...rowsIn(page).map(([device, n]) => `${device}:${n}`))
      }
    }
    return found
  }

  /** Every n of a device that was ever in a stream. */
  numbers(stream: StreamName, device: DeviceId): Set<number> {
    const key = `${stream} ${device}`
    const numbers = this.#numbers.get(key) ?? new Set()
    this.#numbers.set(key, numbers)
    return numbers
  }

  /** An operation is never changed, only blanked. */
  checkSame(operation: Operation): void {
    const before = this.stored.get(operationId(operation))
    if (!before || isErased(before) || isErased(operation)) return
    must(canonicalJson(before) === canonicalJson(operation), `${operationId(operation)} is another one than before`)
  }

  #take({ committed }: Lineage, known: string[], operation: Operation): void {
    const id = operationId(operation)
    must(!committed.has(id), `6 once: ${id} is stored twice`)
    this.checkSame(operation)
    known.push(id)
    committed.set(id, this.#stage.now)
    this.lastCommit = this.#stage.now
    this.numbers(operation.stream, operation.device).add(operation.n)
    if (!isErased(operation) || !this.stored.has(id)) this.stored.set(id, operation)
  }
}

/** Only what is said of people is ever blanked. */
export function isErased({ kind, body }: Operation): boolean {
  return kind === 'attendee' && body === null
}

function readBody(body: string | null): unknown {
  return body === null ? null : JSON.parse(body)
}
