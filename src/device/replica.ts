import Dexie, { type Table } from 'dexie'
import type { DeviceId, Operation, StreamName } from '../domain/operation'
import { ownVersionOnly } from './own-version'
import { blank, operationOf, type Row } from './page'
import type { Ports } from './ports'
import { Shelf, shelfStores, unknownSnapshots, type ShelfTables, type ShelvedSnapshot } from './shelf'
import { Store } from './store'

/**
 * What others wrote, as far as it was received. It can be thrown away and read again, so durability is relaxed.
 *
 *   pages     ++id      operations of one stream, as they came; small ones are put together now and then
 *   cursors   stream    how far this stream is here, saved in one transaction with the page that it speaks of
 *   values    by name   `view`: whose eyes and which log (device and epoch) the cursors belong to; `lastSuccess`;
 *                       `published`: the programme that residents read
 *   snapshots, snapshotPages   what a stream began with, in pages as they came: see shelf.ts
 *
 * Cursors count in one server's log, and an answer leaves out the asking device's own operations: so cursors hold for one
 * epoch and one device. At another log the pages stay, what was seen stays seen, and the server is told what is here (`have`);
 * the cursors are laid by for when this phone comes back. As another device it drops them all.
 */
class ReplicaDatabase extends Dexie implements ShelfTables {
  readonly pages!: Table<Page, number>
  readonly cursors!: Table<Cursor, StreamName>
  readonly values!: Table<unknown, string>
  readonly snapshots!: ShelfTables['snapshots']
  readonly snapshotPages!: ShelfTables['snapshotPages']

  constructor({ indexedDB, IDBKeyRange }: Ports) {
    super('linli-replica', { indexedDB: ownVersionOnly(indexedDB), IDBKeyRange, chromeTransactionDurability: 'relaxed' })
    this.version(1).stores({ pages: '++id, stream, [stream+small]', cursors: 'stream', values: '' })
    this.version(2).stores(shelfStores)
  }
}

export interface Page {
  id?: number
  stream: StreamName
  rows: Row[]
  /** 1 until it has `fullPage` rows. A number, because IndexedDB does not index booleans. */
  small: 0 | 1
}

export interface Cursor {
  stream: StreamName
  /** Absent after another epoch or identity, until the server has been told what is here. */
  cursor?: number
  /** By epoch, how far it was in the logs that this phone looked at before: there it need not be compared from its start again. */
  laidBy?: Record<string, number>
  /** The server's time, in ms, of the last answer that left nothing of this stream out. */
  knownUntil?: number
}

/** What is stored of the published programme. The schema is asked again at reading: an older or newer version of the app may have stored it. */
export interface StoredProgramme {
  etag?: string
  savedAt: number
  document: unknown
}

export interface View {
  epoch: string
  device: DeviceId
  /** Drawn when this database was first looked into: with another, it was thrown away meanwhile, and began anew. */
  life?: number
}

/** What is stored, at one moment. */
export interface Contents {
  view?: View
  lastSuccess?: number
  cursors: Cursor[]
  pages: Page[]
  snapshots: ShelvedSnapshot[]
}

/** What one answer brought for one stream that was asked for. */
export interface Received {
  stream: StreamName
  /** The cursor that was asked with; undefined when asked with `have`. */
  asked: number | undefined
  rows: Row[]
  /** The cursor from now on; undefined while the server has not said. */
  cursor: number | undefined
  /** The server's time in ms when nothing of the stream was left out. */
  knownUntil?: number
}

/** Pages of at least so many rows stay as they are: 1,000 rows are read in about a millisecond. */
const fullPage = 1_000
/** So many small pages of a stream are put together. The live tail makes one page an answer. */
const manySmallPages = 20

export class Replica {
  readonly shelf: Shelf
  readonly #store: Store<ReplicaDatabase>
  readonly #random: Ports['random']

  constructor(ports: Ports) {
    this.#store = new Store(() => new ReplicaDatabase(ports), ports.after)
    this.#random = ports.random
    this.shelf = new Shelf(this.#store)
  }

  /** @param call called when whoever remembers what is here should look again: see Store */
  watch(call: () => void): void {
    this.#store.look = call
  }

  /** Cursors and, of the pages, those with an id above `after`; of the snapshots, those of streams that are not `known`. */
  read(after: number, known: ReadonlySet<StreamName> = new Set()): Promise<Contents> {
    return this.#store.run((db) => db.transaction('r', db.pages, db.cursors, db.values, db.snapshots, async () => {
      const [view, lastSuccess] = await db.values.bulkGet(['view', 'lastSuccess'])
      return {
        view: view as View | undefined,
        lastSuccess: lastSuccess as number | undefined,
        cursors: await db.cursors.toArray(),
        pages: await db.pages.where(':id').above(after).toArray(),
        snapshots: await unknownSnapshots(db, known),
      }
    }))
  }

  /**
   * From now on this device looks at this log. Cursors of another log are laid by, those of another device dropped; with `anew` so
   * are those of this log, because it was set back. What is here stays.
   */
  look(view: View, how: 'on' | 'anew' = 'on'): Promise<void> {
    const drawn = this.#random()
    return this.#store.run((db) => db.transaction('rw', db.cursors, db.values, async () => {
      const before = await db.values.get('view') as View | undefined
      if (how === 'on' && before?.epoch === view.epoch && before.device === view.device) return
      await db.cursors.toCollection().modify((cursor) => {
        cursor.laidBy = before?.device === view.device ? laidBy(cursor, before.epoch, view.epoch) : {}
        delete cursor.cursor
        // What another phone wrote as the former device is not here, if that one was a copy.
        if (before?.device !== view.device) delete cursor.knownUntil
      })
      await db.values.put({ epoch: view.epoch, device: view.device, life: before?.life ?? drawn }, 'view')
    }))
  }

  /**
   * Saves an answer: rows and the cursors that speak of them, in one transaction. A part that another tab has saved
   * already, and an answer for another view, change nothing.
   * @returns the pages that were made of it, each with its rows; those of a page that was put together from others stand in the others
   */
  save(view: View, parts: readonly Received[], success: number): Promise<Page[]> {
    return this.#store.run((db) => db.transaction('rw', db.pages, db.cursors, db.values, async () => {
      const saved: Page[] = []
      const present = await db.values.get('view') as View | undefined
      if (present?.epoch !== view.epoch || present.device !== view.device) return saved
      // What was asked for spoke of pages that are gone.
      if (view.life !== undefined && present.life !== view.life) return saved
      await db.values.put(success, 'lastSuccess')
      for (const { stream, asked, rows, cursor, knownUntil } of parts) {
        const before = await db.cursors.get(stream)
        // Asking from the start needs no cursor; any other that is not the one asked with means that another tab was here.
        if ((before?.cursor ?? (asked === 0 ? 0 : undefined)) !== asked) continue
        await db.cursors.put({ stream, cursor, laidBy: before?.laidBy, knownUntil: knownUntil ?? before?.knownUntil })
        if (rows.length === 0) continue
        saved.push(await addPage(db, stream, rows))
        const merged = await mergeSmallPages(db, stream)
        if (merged) saved.push({ ...merged, rows: [] })
      }
      return saved
    }))
  }

  /** Blanks the bodies of the rows of a stream that `covers` names: they stay in their place as `(device, n)`. */
  erase(stream: StreamName, covers: (operation: Operation) => boolean): Promise<void> {
    return this.#store.run(async (db) => {
      await db.pages.where('stream').equals(stream).modify((page) => {
        page.rows = page.rows.map((row) => (row[4] !== null && covers(operationOf(stream, row)) ? blank(row) : row))
      })
    })
  }

  /** Throws away what came of every stream but these. */
  keepOnly(streams: readonly StreamName[]): Promise<void> {
    return this.#store.run((db) => db.transaction('rw', db.pages, db.cursors, db.snapshots, db.snapshotPages, async () => {
      await db.pages.where('stream').noneOf(streams).delete()
      await db.cursors.where('stream').noneOf(streams).delete()
      await db.snapshots.where('stream').noneOf(streams).delete()
      const pages = await db.snapshotPages.toCollection().primaryKeys()
      await db.snapshotPages.bulkDelete(pages.filter(([stream]) => !streams.includes(stream)))
    }))
  }

  published(): Promise<StoredProgramme | undefined> {
    return this.#store.run(async (db) => await db.values.get('published') as StoredProgramme | undefined)
  }

  /** Lets go of the copy for residents. @returns whether there was one */
  dropPublished(): Promise<boolean> {
    return this.#store.run(async (db) => await db.values.where(':id').equals('published').delete() > 0)
  }

  async keepPublished(programme: StoredProgramme): Promise<void> {
    await this.#store.run((db) => db.values.put(programme, 'published'))
  }

  close(): void {
    this.#store.close()
  }
}

/**
 * Where a stream stood in the logs looked at before, when this phone goes from one log to another. A cursor that was not moved since it came to a
 * log stands where it stood; with the same log twice, it was set back.
 */
function laidBy({ cursor, laidBy = {} }: Cursor, from: string, to: string): Record<string, number> {
  if (from !== to) return cursor === undefined ? laidBy : { ...laidBy, [from]: cursor }
  const { [to]: _setBack, ...others } = laidBy
  return others
}

async function addPage(db: ReplicaDatabase, stream: StreamName, rows: Row[]): Promise<Page> {
  const page: Page = { stream, rows, small: rows.length < fullPage ? 1 : 0 }
  return { ...page, id: await db.pages.add(page) }
}

async function mergeSmallPages(db: ReplicaDatabase, stream: StreamName): Promise<Page | undefined> {
  const small = db.pages.where('[stream+small]').equals([stream, 1])
  if (await small.count() < manySmallPages) return undefined
  const pages = await small.toArray()
  await small.delete()
  return addPage(db, stream, pages.flatMap((page) => page.rows))
}
