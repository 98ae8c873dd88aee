import type { StreamName } from '../domain/operation'
import { bytesHash } from '../protocol/canonical'
import { snapshotListSchema, snapshotSchema, type Snapshot, type SnapshotPage } from '../protocol/snapshot'
import { ask, askBytes, type Failure, type RawRequest } from './http'
import type { View } from './replica'
import type { ShelvedPage } from './shelf'
import type { Keep, Turn } from './turn'

/** A page on the worst of networks, or the server making a snapshot of a million rows. In milliseconds. */
const patience = 40_000
/** As many as browsers open connections to one server. */
const atATime = 6
/** Pages fetched in one turn: between two turns what was written here goes out, and a screen hears how far it is. */
const pagesATurn = 48
/** What is not as it should be may be so by chance so often; then the stream is read without pages. */
const mostStrikes = 3

/** What is known of one log's snapshots. */
interface Known {
  view: View
  /** Streams that have one, and how many operations they hold; fewer by those that were adopted or given up. */
  heads: Map<StreamName, number>
  snapshots: Map<StreamName, Snapshot>
  strikes: number
}

/**
 * The first download of a large stream: pages instead of rows. What is here and verified is not fetched again, whatever breaks off in
 * between; a snapshot is taken into use when all of it is here. Where a server knows nothing of pages, or what comes is not what its
 * hash says, the stream is read as any other.
 */
export class Download {
  readonly #keep: Keep
  #known?: Known

  constructor(keep: Keep) {
    this.#keep = keep
  }

  /** Those of these streams that come in pages. */
  pending(view: View, streams: readonly StreamName[]): StreamName[] {
    return streams.filter((stream) => isSame(this.#known?.view, view) && this.#known?.heads.has(stream))
  }

  /**
   * Some pages of one of these streams, of which nothing is here yet.
   * @returns undefined when there is nothing to fetch in pages; a refusal that is not about pages is returned as it is
   */
  async turn(view: View, streams: readonly StreamName[], signal?: AbortSignal): Promise<Turn | Failure | undefined> {
    if (streams.length === 0 || !this.#keep.ports.gunzip) return undefined
    if (!isSame(this.#known?.view, view)) {
      const listed = await this.#ask('', snapshotListSchema, view, signal)
      if (!listed.ok && !isAboutPages(listed)) return listed
      const heads = listed.ok ? Object.entries(listed.value.streams) : []
      this.#known = { view, heads: new Map(heads), snapshots: new Map(), strikes: 0 }
    }
    const [stream] = this.pending(view, streams)
    if (stream === undefined || !this.#known) return undefined
    return this.#fetch(this.#known, stream, this.pending(view, streams), signal)
  }

  async #fetch(known: Known, stream: StreamName, pending: readonly StreamName[], signal?: AbortSignal): Promise<Turn | Failure> {
    const { shelf } = this.#keep.replica
    const snapshot = await this.#snapshotOf(known, stream, signal)
    if ('ok' in snapshot) return this.#meet(known, stream, snapshot)
    if (snapshot.pages.length === 0) return this.#giveUp(known, stream)
    const here = await shelf.ids(stream)
    const missing = snapshot.pages.filter(({ id }) => !here.has(id))
    const got = await this.#fetchPages(known.view, stream, missing.slice(0, pagesATurn), signal)
    await shelf.keep(got.pages)
    if (got.failure) return this.#meet(known, stream, got.failure)
    known.strikes = 0
    if (missing.length <= pagesATurn) await this.#adopt(known, stream, snapshot)
    const left = missing.slice(pagesATurn).reduce((sum, { rows }) => sum + rows, 0)
    const later = pending.filter((other) => other !== stream).reduce((sum, other) => sum + (known.heads.get(other) ?? 0), 0)
    return { event: 'progress', received: got.rows, bytes: got.bytes, left: left + later }
  }

  async #snapshotOf(known: Known, stream: StreamName, signal?: AbortSignal): Promise<Snapshot | Failure> {
    const before = known.snapshots.get(stream)
    if (before) return before
    const reply = await this.#ask(`/${encodeURIComponent(stream)}`, snapshotSchema, known.view, signal)
    if (!reply.ok) return reply
    known.snapshots.set(stream, reply.value)
    return reply.value
  }

  /** What came before something failed is kept: it need not come again. */
  async #fetchPages(view: View, stream: StreamName, wanted: readonly SnapshotPage[], signal?: AbortSignal) {
    const line = [...wanted]
    const got = { pages: [] as ShelvedPage[], rows: 0, bytes: 0, failure: undefined as Failure | undefined }
    await Promise.all(Array.from({ length: atATime }, async () => {
      for (let page = line.shift(); page && !got.failure; page = line.shift()) {
        const reply = await askBytes(this.#keep.ports, this.#request(`/${encodeURIComponent(stream)}/${page.id}`, view, signal))
        const bytes = reply.ok ? new Uint8Array(reply.value) : undefined
        if (bytes && await bytesHash(bytes) === page.sha256) {
          got.pages.push({ stream, id: page.id, ...(page.from !== undefined && { from: page.from }), bytes })
          got.rows += page.rows
          got.bytes += bytes.length
        } else got.failure ??= reply.ok ? { ok: false, trouble: 'nonsense' } : reply
      }
    }))
    return got
  }

  async #adopt(known: Known, stream: StreamName, snapshot: Snapshot): Promise<void> {
    const { memory, replica } = this.#keep
    known.snapshots.delete(stream)
    // Otherwise the browser threw pages away meanwhile: all is asked for again.
    if (await replica.shelf.adopt(known.view, stream, snapshot)) known.heads.delete(stream)
    await memory.refresh()
  }

  /** A page that is gone is in no snapshot any more, so the present one is asked for; a network that fails is no word about pages. */
  #meet(known: Known, stream: StreamName, failure: Failure): Turn | Failure {
    if (!isAboutPages(failure)) return failure
    known.snapshots.delete(stream)
    known.strikes++
    return known.strikes < mostStrikes ? { event: 'progress' } : this.#giveUp(known, stream)
  }

  #giveUp(known: Known, stream: StreamName): Turn {
    known.heads.delete(stream)
    known.snapshots.delete(stream)
    known.strikes = 0
    return { event: 'progress' }
  }

  #ask<Schema extends typeof snapshotSchema | typeof snapshotListSchema>(path: string, schema: Schema, view: View, signal?: AbortSignal) {
    return ask(this.#keep.ports, { ...this.#request(path, view, signal), schema })
  }

  #request(path: string, { epoch }: View, signal?: AbortSignal): RawRequest {
    const { identity } = this.#keep.memory
    return { path: `/api/snapshot/${encodeURIComponent(epoch)}${path}`, token: identity?.token, timeout: patience, signal }
  }
}

function isSame(one: View | undefined, other: View): boolean {
  return one?.epoch === other.epoch && one.device === other.device
}

/** An older server, a page that is gone, what is not what was asked for; not a network, a server or a proxy that is down. */
function isAboutPages({ ok, trouble, status }: Failure): boolean {
  return !ok && (status === 404 || (trouble === 'nonsense' && status === undefined))
}
