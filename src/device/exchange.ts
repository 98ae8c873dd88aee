import { measureOffset } from '../domain/clock'
import type { DeviceId, StreamName } from '../domain/operation'
import { maxRequestBytes } from '../protocol/limits'
import { syncResponseSchema, type SyncRequest, type SyncResponse } from '../protocol/sync'
import type { CarriedBatch } from './courier'
import { Delivery } from './delivery'
import { Download } from './download'
import { eraseForgotten } from './erase'
import { ask, type Reply } from './http'
import type { KeptIdentity } from './identity'
import { readParts, type Asked } from './incoming'
import { Obstacles } from './obstacles'
import { cutParcel, halfwayParcel, nextParcel, seal, type Parcel } from './outgoing'
import type { Said, Standing } from './outbox'
import type { Page, Received, View } from './replica'
import { StorageError } from './store'
import type { Keep, Turn } from './turn'
import { wantedStreams } from './wanted'

/** An exchange with 512 KB on a bad network takes its time; one that was cut is tried again with half of the operations. */
const patience = 40_000
/** What a request holds besides operations, and the names and numbers of streams. */
const envelope = 1_024
/** Milliseconds from one question how far a former device's operations have come to the next. */
const halfwayInterval = 20_000
/** Smaller differences are the network's, not the clocks'. */
const clockNoise = 100

interface Asking {
  view: View
  asked: Asked
  parcel?: Parcel
  /** Seconds that the server may hold the request. */
  wait: number
}

/** One request and all that comes of it: the only place that talks to `/api/sync`. What a large stream begins with comes in pages instead. */
export class Exchange {
  readonly #keep: Keep
  readonly #obstacles: Obstacles
  readonly #download: Download
  readonly #delivery: Delivery
  /** After a delivery that came to nothing, and at the start, it is the turn of what this phone itself sends and wants. */
  #mayDeliver = false
  #askedHalfway = -Infinity

  constructor(keep: Keep) {
    this.#keep = keep
    this.#obstacles = new Obstacles(keep)
    this.#download = new Download(keep)
    this.#delivery = new Delivery(keep, this.#obstacles)
  }

  /**
   * Sends what waits, then receives what is new; or, when nothing of its own waits, brings one batch that it carries.
   * @param wait seconds to wait for news when there is nothing to send
   */
  async turn(wait: number, signal?: AbortSignal): Promise<Turn> {
    try {
      const { identity } = this.#keep.memory
      if (!identity || identity.revoked) return { event: 'refused', trouble: identity && 'device-revoked' }
      if (identity.frozen) return { event: 'refused', trouble: 'fork' }
      const view = await this.#view(identity.device)
      const asked = this.#asked(identity.device)
      const paged = await this.#fetchPages(view, asked, signal)
      if (paged) return paged
      const request = { ...this.#request(view, asked), leases: await this.#keep.places.settle(view) }
      const parcel = this.#parcel(request)
      const carried = parcel || !this.#mayDeliver ? undefined : this.#delivery.next()
      if (carried) return await this.#deliver(carried, identity, view, signal)
      if (parcel) request.batches = [await seal(parcel)]
      request.wait = parcel ? 0 : wait
      const asking: Asking = { view, asked, parcel, wait: request.wait }
      const reply = await ask(this.#keep.ports, {
        path: '/api/sync', body: request, token: identity.token, schema: syncResponseSchema,
        timeout: patience + asking.wait * 1_000, signal,
      })
      return reply.ok ? await this.#take(asking, reply) : await this.#obstacles.meet(reply, view, parcel)
    } catch (error) {
      if (error instanceof StorageError) return { event: 'failed', trouble: error.fault }
      throw error
    }
  }

  async #deliver(carried: CarriedBatch, identity: KeptIdentity, view: View, signal?: AbortSignal): Promise<Turn> {
    const turn = await this.#delivery.turn(carried, identity, view, signal)
    this.#mayDeliver = turn.event === 'progress' && turn.trouble === undefined
    return turn
  }

  /** Whose eyes and which log: after joining, or when the replica was lost, from what the server said at joining. */
  async #view(device: DeviceId): Promise<View> {
    const { memory, replica } = this.#keep
    if (memory.view?.device === device) return memory.view
    const view = { epoch: memory.epoch, device }
    // Without a place for what others write, this phone still sends.
    if (memory.unread) return view
    await replica.look(view)
    await memory.refresh()
    return memory.view ?? view
  }

  /** With nothing at all from a stream here, it is read from its start; with something and no cursor, by what is here. */
  #asked(device: DeviceId): Map<StreamName, number | undefined> {
    const { memory } = this.#keep
    if (memory.unread) return new Map()
    const streams = wantedStreams(memory).filter((stream) => !this.#obstacles.isDenied(device, stream))
    return new Map(streams.map((stream): [StreamName, number | undefined] => {
      const cursor = memory.cursors.get(stream)?.cursor
      return [stream, cursor ?? (memory.picture.held.has(stream) ? undefined : 0)]
    }))
  }

  /** Unless something waits to be sent: that goes out first, and streams that come in pages are left out of the request. */
  async #fetchPages(view: View, asked: Map<StreamName, number | undefined>, signal?: AbortSignal): Promise<Turn | undefined> {
    const { memory } = this.#keep
    const untouched = [...asked.keys()].filter((stream) => !memory.cursors.has(stream) && !memory.picture.held.has(stream))
    const turn = nextParcel(memory) ? undefined : await this.#download.turn(view, untouched, signal)
    if (turn && 'ok' in turn) return this.#obstacles.meet(turn, view, undefined)
    for (const stream of this.#download.pending(view, untouched)) asked.delete(stream)
    if (turn) await eraseForgotten(this.#keep)
    return turn
  }

  #request({ epoch }: View, asked: Asked): SyncRequest {
    const { ports, memory } = this.#keep
    const cursors: Record<string, number> = {}
    const have: Record<string, Record<string, number>> = {}
    for (const [stream, cursor] of asked) {
      const from = cursor ?? memory.cursors.get(stream)?.laidBy?.[epoch]
      if (from !== undefined) cursors[stream] = from
      if (cursor === undefined) have[stream] = Object.fromEntries(memory.picture.held.get(stream) ?? [])
    }
    return { v: 1, epoch, cursors, have, clock: ports.now() }
  }

  #parcel(request: SyncRequest): Parcel | undefined {
    const parcel = nextParcel(this.#keep.memory) ?? this.#halfwayParcel()
    const bytes = maxRequestBytes - envelope - JSON.stringify(request).length
    return parcel && cutParcel(parcel, { operations: this.#obstacles.limit, bytes })
  }

  #halfwayParcel(): Parcel | undefined {
    const { ports, memory } = this.#keep
    const now = ports.now()
    // A clock that was set back must not stop it.
    if (Math.abs(now - this.#askedHalfway) < halfwayInterval) return undefined
    const parcel = halfwayParcel(memory)
    if (parcel) this.#askedHalfway = now
    return parcel
  }

  async #take({ view, asked, parcel, wait }: Asking, reply: Reply<SyncResponse> & { ok: true }): Promise<Turn> {
    const { memory, outbox } = this.#keep
    const { value: answer, bytes } = reply
    if (answer.epoch !== view.epoch) return this.#obstacles.otherEpoch(view, answer.epoch)
    const parts = readParts(answer, asked, view.device)
    const received = Object.values(answer.streams).reduce((sum, { ops }) => sum + ops.length, 0)
    // More, and yet nothing: asking again would go on for ever.
    const stuck = answer.more && received === 0
    if (!parts || stuck || !tellsOf(answer, view.device, parcel)) return { event: 'failed', trouble: 'nonsense' }

    for (const device of new Set([view.device, parcel?.identity.device ?? view.device])) {
      const standing = standingIn(answer, device)
      // Most answers say again what is known, and a strict write costs the phone a flush.
      if (isSame(standing, memory.standingOf(device))) continue
      const brought = parcel?.identity.device === device ? parcel.from + parcel.operations.length - 1 : 0
      if (await outbox.acknowledge(device, standing, brought) === 'ahead') return this.#obstacles.fork(device)
    }
    const pages = await this.#save(view, parts, answer.now)
    await this.#setClock(reply, wait)
    await memory.takeUp(pages)
    if (memory.unkept) return this.#isMoreToSend() ? { event: 'progress' } : { event: 'failed', trouble: memory.unkept }
    await eraseForgotten(this.#keep)

    this.#obstacles.passed()
    this.#mayDeliver = true
    const left = Object.values(answer.streams).reduce((sum, { head, from, ops }) => sum + Math.max(0, head - from + 1 - ops.length), 0)
    return { event: answer.more || this.#isMoreToDo(view.device, asked) ? 'progress' : 'done', received, left, bytes }
  }

  /** What can't be kept is asked for again later, with the cursor as it was; what this phone wrote goes out all the same. */
  async #save(view: View, parts: readonly Received[], now: number): Promise<Page[]> {
    const { memory, replica } = this.#keep
    memory.unkept = undefined
    if (memory.unread) return []
    try {
      return await replica.save(view, parts, now)
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      memory.unkept = error.fault
      return []
    }
  }

  #isMoreToSend(): boolean {
    return nextParcel(this.#keep.memory) !== undefined || this.#delivery.next() !== undefined
  }

  /** Something was written meanwhile, or is carried, or the programme named venues that were not asked for. */
  #isMoreToDo(device: DeviceId, asked: Asked): boolean {
    const unasked = [...this.#asked(device).keys()].some((stream) => !asked.has(stream))
    return unasked || this.#isMoreToSend()
  }

  /**
   * A quick answer's clock was read about half-way; of one that waited for news we know only that it was read before it came and
   * after we asked, so it moves the offset just as far as it proves wrong.
   */
  async #setClock({ value, sentAt, receivedAt }: Reply<SyncResponse> & { ok: true }, wait: number): Promise<void> {
    const { memory, outbox } = this.#keep
    const least = value.now - receivedAt
    const most = value.now - sentAt
    const offset = wait === 0 ? measureOffset(sentAt, value.now, receivedAt) : Math.min(most, Math.max(least, memory.offset))
    if (Math.abs(offset - memory.offset) > clockNoise) await outbox.setOffset(offset)
  }
}

/** Whether an answer says of everybody it must that what was brought is durable. */
function tellsOf({ accepted }: SyncResponse, device: string, parcel: Parcel | undefined): boolean {
  if (accepted[device] === undefined) return false
  if (!parcel) return true
  const stored = accepted[parcel.identity.device]
  return stored !== undefined && stored >= parcel.from + parcel.operations.length - 1
}

function standingIn({ epoch, accepted, root, quarantined }: SyncResponse, device: DeviceId): Said {
  const stored = accepted[device] ?? 0
  return {
    epoch, accepted: stored, root: Math.min(stored, root[device] ?? 0),
    quarantined: quarantined.filter((entry) => entry.device === device),
  }
}

function isSame(said: Said, known: Standing | undefined): boolean {
  return known !== undefined && said.accepted === known.accepted && said.root === known.root
    && said.quarantined.length === known.quarantined.length
}
