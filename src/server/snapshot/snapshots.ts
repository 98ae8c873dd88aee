import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { DeviceId, StreamName, TicketId } from '../../domain/operation'
import { grantCovers, parseStream } from '../../domain/stream'
import type { Snapshot, SnapshotPage } from '../../protocol/snapshot'
import type { Log, NewPage, StoredOperation } from '../log/log'
import { writeOperation } from '../sync/tail'
import { cutByTicket, cutInOrder, type AboutTicket } from './cut'

/** What a server keeps to when it makes snapshots. */
export interface SnapshotRules {
  /** A stream of fewer operations has none: it comes in one answer. The tail after a snapshot may be as long, or a fifth of it. */
  enough: number
  /** Rows of a page at most: read in a few milliseconds by a slow phone, and soon fetched again when the network breaks. */
  rows: number
  gzip(bytes: Uint8Array): Promise<Uint8Array>
}

const pack = promisify(gzip)
export const snapshotRules: SnapshotRules = { enough: 2_000, rows: 1_000, gzip: (bytes) => pack(bytes) }

const longestTail = 0.2
/** Operations read between two turns of everybody else. */
const readAtOnce = 2_000
/** Somebody was forgotten while it was being made: it is made again, but not for ever. */
const attempts = 3

const nothing: Snapshot = { seq: 0, have: {}, pages: [] }

/**
 * Snapshots, made when somebody asks and the one that is stored is too old. What is made is a function of the log, and a page is named by
 * its hash: several processes that make one at once store the same.
 */
export class Snapshots {
  private readonly log: Log
  private readonly rules: SnapshotRules
  private readonly making = new Map<StreamName, Promise<Snapshot>>()

  constructor(log: Log, rules: SnapshotRules) {
    this.log = log
    this.rules = rules
  }

  /** The streams, of those that these grants cover, that are large enough; and how far they go. */
  async list(grants: readonly string[]): Promise<Record<StreamName, number>> {
    const heads = [...await this.log.heads()]
    return Object.fromEntries(heads.filter(([stream, head]) => head >= this.rules.enough && grants.some((grant) => grantCovers(grant, stream))))
  }

  /** A snapshot that is young enough; one of nothing where the stream is too small. */
  async current(stream: StreamName): Promise<Snapshot> {
    const head = (await this.log.heads([stream])).get(stream) ?? 0
    if (head < this.rules.enough) return nothing
    const stored = await this.log.snapshot(stream)
    if (stored && head - stored.seq <= Math.max(this.rules.enough, stored.seq * longestTail)) return stored
    let making = this.making.get(stream)
    if (!making) this.making.set(stream, making = this.make(stream).finally(() => this.making.delete(stream)))
    return making
  }

  /** A page's bytes; undefined when it is of no stored snapshot (any more). */
  page(stream: StreamName, id: string): Promise<Uint8Array | undefined> {
    return this.log.snapshotPage(stream, id)
  }

  private async make(stream: StreamName): Promise<Snapshot> {
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const { snapshot, pages } = await this.build(stream)
      const stored = await this.log.write((transaction) => transaction.storeSnapshot(stream, snapshot, pages))
      if (stored) return stored
    }
    return nothing
  }

  private async build(stream: StreamName): Promise<{ snapshot: Snapshot; pages: NewPage[] }> {
    const { have, people, others, seq } = await this.read(stream)
    const pages: NewPage[] = []
    const entries: SnapshotPage[] = []
    const add = async (texts: readonly string[], from?: string) => {
      const bytes = await this.rules.gzip(Buffer.from(`[${texts.join(',\n')}]`))
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      pages.push({ id: sha256, bytes })
      entries.push({ id: sha256, rows: texts.length, bytes: bytes.length, sha256, ...(from !== undefined && { from }) })
    }
    for (const texts of cutInOrder(others, this.rules.rows)) await add(texts)
    for (const { from, rows } of cutByTicket(people, this.rules.rows)) await add(rows.map(({ text }) => text), from)
    return { snapshot: { seq, have: Object.fromEntries(have), pages: entries }, pages }
  }

  /** What was erased keeps its place in `have` alone. Superseded rows stay: a later void or revocation may bring them back. */
  private async read(stream: StreamName) {
    const isRoster = parseStream(stream)?.class === 'roster'
    const seq = (await this.log.heads([stream])).get(stream) ?? 0
    const have = new Map<DeviceId, number>()
    const people: AboutTicket[] = []
    const others: string[] = []
    for (let after = 0; after < seq; after += readAtOnce) {
      for (const operation of await this.log.operations(stream, after, Math.min(after + readAtOnce, seq), readAtOnce)) {
        have.set(operation.device, Math.max(operation.n, have.get(operation.device) ?? 0))
        if (operation.body === null) continue
        const text = writeOperation(operation)
        if (isRoster && operation.kind === 'attendee') people.push({ ticket: ticketIn(operation), text })
        else others.push(text)
      }
      await new Promise(setImmediate)
    }
    return { have, people, others, seq }
  }
}

function ticketIn({ body }: StoredOperation): TicketId {
  return (JSON.parse(body ?? '{}') as { ticket: TicketId }).ticket
}
