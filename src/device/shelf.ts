import Dexie, { type Table } from 'dexie'
import type { DeviceId, StreamName, TicketId } from '../domain/operation'
import type { Snapshot } from '../protocol/snapshot'
import type { Store } from './store'

/** A page of a snapshot, as it came. The same id is the same bytes, but for rows that were blanked here. */
export interface ShelvedPage {
  stream: StreamName
  id: string
  /** Attendees by ticket: the first that belongs here. Absent for pages that are read at once. */
  from?: string
  bytes: Uint8Array<ArrayBuffer>
}

/** A snapshot that is here whole. Its pages by ticket are found by their index, so that opening costs the same however many there are. */
export interface ShelvedSnapshot {
  stream: StreamName
  seq: number
  have: Record<DeviceId, number>
  /** Ids of the pages that are read at once, in their order. */
  atOnce: string[]
  /** Forgotten tickets of which nothing is left in the other pages. */
  cleaned: TicketId[]
}

/** What the database that keeps them has besides. */
export interface ShelfTables {
  readonly pages: Table<{ stream: StreamName }>
  readonly cursors: Table<{ stream: StreamName; cursor?: number; laidBy?: Record<string, number> }, StreamName>
  readonly values: Table<unknown, string>
  readonly snapshots: Table<ShelvedSnapshot, StreamName>
  readonly snapshotPages: Table<ShelvedPage, [StreamName, string]>
}
export const shelfStores = { snapshots: 'stream', snapshotPages: '[stream+id], [stream+from]' }

const allOf = (stream: StreamName): [unknown, unknown] => [[stream, ''], [stream, Dexie.maxKey]]

/** Snapshots and their pages, in the replica's database. */
export class Shelf {
  readonly #store: Store<Dexie & ShelfTables>

  constructor(store: Store<Dexie & ShelfTables>) {
    this.#store = store
  }

  /** Ids of the pages of a stream that are here, of an adopted snapshot or of one that is being fetched. */
  async ids(stream: StreamName): Promise<Set<string>> {
    const keys = await this.#store.run((db) => db.snapshotPages.where('[stream+id]').between(...allOf(stream)).primaryKeys())
    return new Set(keys.map(([, id]) => id))
  }

  async keep(pages: readonly ShelvedPage[]): Promise<void> {
    await this.#store.run((db) => db.snapshotPages.bulkPut(pages))
  }

  /**
   * Takes a snapshot into use, with the cursor that it stands for, in one transaction: only when all of its pages are here, nobody looks at another log
   * by now, and the stream is still as empty as when it was asked for.
   * @returns false when a page is missing
   */
  adopt(view: { epoch: string; device: DeviceId }, stream: StreamName, { seq, have, pages }: Snapshot): Promise<boolean> {
    return this.#store.run((db) => db.transaction('rw', [db.pages, db.cursors, db.values, db.snapshots, db.snapshotPages], async () => {
      const present = await db.values.get('view') as typeof view | undefined
      const cursor = await db.cursors.get(stream)
      const isOurs = present?.epoch === view.epoch && present.device === view.device
      if (!isOurs || cursor?.cursor !== undefined || await db.pages.where('stream').equals(stream).count() > 0) return true
      const ids = new Set(pages.map(({ id }) => id))
      const here = await db.snapshotPages.where('[stream+id]').between(...allOf(stream)).primaryKeys()
      const stale = here.filter(([, id]) => !ids.has(id))
      if (here.length - stale.length < ids.size) return false
      await db.snapshotPages.bulkDelete(stale)
      const atOnce = pages.filter(({ from }) => from === undefined).map(({ id }) => id)
      await db.snapshots.put({ stream, seq, have, atOnce, cleaned: [] })
      await db.cursors.put({ ...cursor, stream, cursor: seq })
      return true
    }))
  }

  /** Takes a snapshot out of use, and its cursor with it. */
  drop(stream: StreamName): Promise<void> {
    return this.#store.run((db) => db.transaction('rw', db.cursors, db.snapshots, db.snapshotPages, async () => {
      await db.snapshotPages.where('[stream+id]').between(...allOf(stream)).delete()
      await db.snapshots.delete(stream)
      await db.cursors.delete(stream)
    }))
  }

  /** Bytes of pages, in the order of their ids. */
  async bytes(stream: StreamName, ids: readonly string[]): Promise<Uint8Array<ArrayBuffer>[]> {
    const pages = await this.#store.run((db) => db.snapshotPages.bulkGet(ids.map((id): [string, string] => [stream, id])))
    return pages.flatMap((page) => (page ? [page.bytes] : []))
  }

  /** The page that a ticket belongs in. */
  pageOf(stream: StreamName, ticket: TicketId): Promise<ShelvedPage | undefined> {
    return this.#store.run((db) => db.snapshotPages.where('[stream+from]').between([stream, ''], [stream, ticket], true, true).last())
  }

  /** Ids of the pages of attendees, in the order of tickets. */
  async idsByTicket(stream: StreamName): Promise<string[]> {
    const keys = await this.#store.run((db) => db.snapshotPages.where('[stream+from]').between(...allOf(stream)).primaryKeys())
    return keys.map(([, id]) => id)
  }

  /** Puts other bytes in place of a page's. @returns false when somebody else has done so since it was read */
  replace({ stream, id, bytes: before }: ShelvedPage, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
    return this.#store.run((db) => db.transaction('rw', db.snapshotPages, async () => {
      const page = await db.snapshotPages.get([stream, id])
      if (!page || !isSame(page.bytes, before)) return false
      await db.snapshotPages.put({ ...page, bytes })
      return true
    }))
  }

  async noteCleaned(stream: StreamName, tickets: readonly TicketId[]): Promise<void> {
    await this.#store.run((db) => db.snapshots.where('stream').equals(stream).modify((snapshot) => {
      snapshot.cleaned = [...new Set([...snapshot.cleaned, ...tickets])]
    }))
  }
}

/** Adopted snapshots, but for those of streams that are known already. */
export async function unknownSnapshots({ snapshots }: ShelfTables, known: ReadonlySet<StreamName>): Promise<ShelvedSnapshot[]> {
  const streams = await snapshots.toCollection().primaryKeys()
  const unknown = streams.filter((stream) => !known.has(stream))
  return unknown.length === 0 ? [] : (await snapshots.bulkGet(unknown)).filter((snapshot) => snapshot !== undefined)
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index])
}
