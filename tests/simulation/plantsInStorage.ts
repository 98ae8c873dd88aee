import type { Dexie, Table } from 'dexie'
import { Outbox, type Append } from '../../src/device/outbox'
import { Store } from '../../src/device/store'
import type { Connection, Engine, Row } from '../../src/server/log/engine'
import type { Plant } from './history'
import { instead } from './instead'

/** Milliseconds from the numbers that a slow transaction took to its commit. */
const slowness = 400

/** Bugs in how databases are used. */
export const plantsInStorage: Record<string, Plant> = {
  'a stream is numbered by a sequence, and read on by the last number seen': { engine: numberedBySequence },
  'n is taken outside of the transaction that writes': { patch: () => inAppend(ofThePage) },
  'a write is called done though its connection died': { patch: () => inAppend(trustingTheFirst) },
}

/**
 * Numbers come of a sequence (bigserial): two transactions take theirs one after the other, and may commit the other way round. SQLite lets no two
 * write at once, so every second one that has written comes to light, and is answered, only some time after its numbers were taken; meanwhile the others do.
 */
function numberedBySequence(engine: Engine): Engine {
  const hidden = new Set<string>()
  let turn = 0
  const idOf = (stream: unknown, seq: unknown) => `${String(stream)} ${String(seq)}`
  return {
    ...engine,
    async all<R extends Row>(sql: string, values: Row = []) {
      const rows = await engine.all<R>(sql, values)
      if (/ FROM operations WHERE stream = /.test(sql)) return rows.filter(([seq]) => !hidden.has(idOf(values[0], seq)))
      if (!sql.includes(' FROM streams')) return rows
      return rows.map(([stream, head]) => {
        let last = Number(head)
        while (hidden.has(idOf(stream, last))) last--
        return [stream, last] as unknown as R
      })
    },
    async transaction(work) {
      const taken: string[] = []
      const result = await engine.transaction((connection) => work(noting(connection, (stream, seq) => { taken.push(idOf(stream, seq)) })))
      if (taken.length === 0 || ++turn % 2 === 0) return result
      for (const one of taken) hidden.add(one)
      await new Promise((resolve) => { setTimeout(() => resolve(undefined), slowness) })
      for (const one of taken) hidden.delete(one)
      return result
    },
  }
}

function noting(connection: Connection, note: (stream: unknown, seq: unknown) => void): Connection {
  return {
    all: (sql, values) => connection.all(sql, values),
    run(sql, values = []) {
      const columns = /^INSERT INTO operations \((.*?)\)/.exec(sql)?.[1]?.split(', ').length ?? Infinity
      for (let at = 0; at < values.length; at += columns) if (columns < Infinity) note(values[at], values[at + 1])
      return connection.run(sql, values)
    },
  }
}

/** What a page counted itself, whatever another page has written since. */
function ofThePage(operations: Table, { expected = 1 }: Append): Partial<Table> {
  const last = async () => ({ n: expected - 1 })
  return { where: (() => ({ between: () => ({ last }) })) as unknown as Table['where'], add: (row: unknown) => operations.put(row) } as Partial<Table>
}

/** After a connection died, the second attempt takes for granted that the first got through. */
function trustingTheFirst(operations: Table): Partial<Table> {
  let tried: unknown
  return {
    add: (row: unknown) => operations.add(tried = row),
    get: (async () => tried) as unknown as Table['get'],
  } as Partial<Table>
}

/** Changes the table of operations while one is appended. */
function inAppend(change: (operations: Table, what: Append) => Partial<Table>): () => void {
  let appending: Append | undefined
  const takeOut = [
    instead(Outbox.prototype, 'append', (append) => function (this: Outbox, what) {
      appending = what
      const appended = append.call(this, what)
      appending = undefined
      return appended
    }),
    instead(Store.prototype as Store<Dexie>, 'run', (run) => function <T>(this: Store<Dexie>, work: (db: Dexie) => Promise<T>) {
      const what = appending
      if (!what) return run.call(this, work) as Promise<T>
      let changed: object | undefined
      return run.call(this, (db) => {
        const operations = db.table('operations')
        // One for both attempts.
        changed ??= change(operations, what)
        return work(Object.create(db, { operations: { value: Object.assign(Object.create(operations) as object, changed) } }) as Dexie)
      }) as Promise<T>
    }),
  ]
  return () => { for (const take of takeOut) take() }
}
