import Database from 'libsql'
import { codeOf } from '../fault'
import type { Connection, Engine, Row } from './engine'
import { LogBusy } from './log'

/** Milliseconds to wait for another process (an invite being made) that is writing to the same file. */
const patience = 5_000

/**
 * SQLite through libsql: better-sqlite3's interface, binaries inside the package, no compiling on any Node we run on.
 *
 * libsql is synchronous; writes are put in a line behind one connection, reads have their own, so that they see only
 * what is committed. WAL with `synchronous = FULL`: a commit is on disk before it returns.
 */
export function openSqlite(file: string): Engine {
  const writing = connect(file)
  const reading = connect(file)
  let line: Promise<unknown> = Promise.resolve()

  async function transact<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    try {
      writing.database.exec('BEGIN IMMEDIATE')
      const result = await work(writing)
      writing.database.exec('COMMIT')
      return result
    } catch (error) {
      if (writing.database.inTransaction) writing.database.exec('ROLLBACK')
      throw isBusy(error) ? new LogBusy(error.message, { cause: error }) : error
    }
  }

  return {
    name: 'sqlite',
    dialect: { bytes: 'BLOB', clustered: 'WITHOUT ROWID' },
    all: reading.all,
    run: writing.run,
    transaction(work) {
      const turn = line.then(() => transact(work))
      line = turn.catch(() => undefined)
      return turn
    },
    async close() {
      await line
      reading.database.close()
      writing.database.close()
    },
  }
}

function connect(file: string): Connection & { database: Database.Database } {
  const database = new Database(file, { timeout: patience })
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  const statements = new Map<string, Database.Statement>()
  const prepared = (sql: string) => {
    let statement = statements.get(sql)
    if (!statement) {
      statement = database.prepare(sql)
      if (statement.reader) statement.raw()
      statements.set(sql, statement)
    }
    return statement
  }
  return {
    database,
    async all<R extends Row>(sql: string, values: Row = []) {
      return prepared(sql).all(values) as R[]
    },
    async run(sql, values = []) {
      prepared(sql).run(values)
    },
  }
}

function isBusy(error: unknown): error is Error {
  const code = codeOf(error) ?? ''
  return code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_FULL')
}

/**
 * Holds a file for this process alone; the system lets go of it however the process ends.
 * @returns how to let go; undefined when another process holds it
 */
export function holdLock(file: string): (() => void) | undefined {
  const database = new Database(file)
  try {
    database.exec('BEGIN EXCLUSIVE')
    return () => database.close()
  } catch (error) {
    database.close()
    if (isBusy(error)) return undefined
    throw error
  }
}
