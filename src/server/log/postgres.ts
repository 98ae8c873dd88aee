import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { codeOf } from '../fault'
import type { Connection, Engine, Row } from './engine'
import { LogBusy } from './log'
import { PostgresWire } from './postgresWire'

/** Connections of one process. Waiting phones hold none, and a transaction is over in milliseconds. */
const connections = 10
/** Milliseconds to wait for a connection. */
const patience = 5_000
/** Milliseconds for one statement, the wait for a row that another transaction holds among them. */
const longestStatement = 10_000
/** Times that a transaction is begun when others are in its way. */
const attempts = 8
/** Statements with more values are lists of many lengths: each length prepared would only fill the memory of every connection. */
const preparedValues = 24

/**
 * Read committed: rows are held by the statements themselves (log.ts), and each statement sees what was committed before it. With
 * `synchronous_commit`, whatever the database's own setting, a commit is on disk, and at the synchronous standby, before it is answered.
 */
const begin = `BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL synchronous_commit TO on; SET LOCAL statement_timeout TO ${longestStatement}`

/**
 * Without a time limit: to cut the wait for the synchronous standby short makes a commit visible that the standby has not got. Were it promoted then,
 * a phone might have read what no log has, under a number that something else is given. Uncut, nobody sees it before the standby has it.
 */
const end = 'SET LOCAL statement_timeout TO 0; COMMIT'

/** Another transaction was in the way: not serialisable, deadlock, and a row or a table that both were the first to make. */
const conflicts = new Set(['40001', '40P01', '23505', '42P07'])
/** What passes: connection, resources, operator or time-out, locks, and a standby that is not the primary yet. Both by PostgreSQL's appendix A. */
const passing = /^(08|40|53|57|55P03|25006)/

/**
 * PostgreSQL through node-postgres, and what speaks its language. Any number of processes may work on one database.
 *
 * @param url `postgres://user:password@host/name`; settings left out are those of libpq's environment (`PGPASSWORD`, `~/.pgpass`, …)
 */
export function openPostgres(url: string): Engine {
  const settings: pg.ClientConfig = {
    connectionString: url, connectionTimeoutMillis: patience, query_timeout: 2 * longestStatement, keepAlive: true, fallback_application_name: 'linli',
  }
  const pool = new pg.Pool({ ...settings, max: connections })
  // A connection that dies while nobody uses it is replaced when it is needed; without listeners it would end the process.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  const wire = new PostgresWire(settings)
  const statement = statements()

  const all = async <R extends Row>(asked: pg.Pool | pg.PoolClient, sql: string, values: Row = []): Promise<R[]> =>
    (await heard(asked.query<R>(statement(sql, values)))).rows

  async function transact<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const client = await heard(pool.connect())
    try {
      await heard(client.query(begin))
      const result = await work({
        all: (sql, values) => all(client, sql, values),
        run: async (sql, values) => { await all(client, sql, values) },
      })
      await commit(client)
      client.release()
      return result
    } catch (error) {
      // A connection that can't even roll back is of no use to anybody.
      if (error instanceof LogBusy) client.release(error)
      else await client.query('ROLLBACK').then(() => client.release(), (fault: Error) => client.release(fault))
      throw error
    }
  }

  return {
    name: 'postgres',
    dialect: { bytes: 'BYTEA', clustered: '' },
    wire,
    all: (sql, values) => all<never>(pool, sql, values).catch(throwBusy),
    run: async (sql, values) => { await all(pool, sql, values).catch(throwBusy) },
    async transaction(work) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await transact(work)
        } catch (error) {
          if (attempt === attempts || !conflicts.has(codeOf(error) ?? '')) return throwBusy(error)
          await pause(Math.random() * 10 * attempt)
        }
      }
    },
    async close() {
      wire.close()
      await pool.end()
    },
  }
}

/**
 * @throws LogBusy when the commit is not known to be durable: PostgreSQL answers a commit whose wait for the synchronous standby was cut
 * short with a mere warning, and that of a failed transaction with its rollback
 */
async function commit(client: pg.PoolClient): Promise<void> {
  let doubt: string | undefined
  const warned = ({ message = '' }: { message?: string }) => { doubt = message }
  client.on('notice', warned)
  // One result for each of the two statements, which the types don't know.
  const command = [await heard(client.query(end))].flat().at(-1)?.command
  client.off('notice', warned)
  if (doubt !== undefined || command !== 'COMMIT') throw new LogBusy(doubt ?? `answered with ${command}`)
}

/** What the server says is its own error; whatever else goes wrong is the connection, and can pass. */
async function heard<T>(question: Promise<T>): Promise<T> {
  try {
    return await question
  } catch (error) {
    if (error instanceof pg.DatabaseError) throw error
    throw new LogBusy('no connection to the database', { cause: error })
  }
}

function throwBusy(error: unknown): never {
  throw error instanceof pg.DatabaseError && passing.test(error.code ?? '') ? new LogBusy(error.message, { cause: error }) : error
}

const types: pg.CustomTypesConfig = {
  // 64 bits come as text; all of ours are safe integers.
  getTypeParser: (type, format) => type === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(type, format) as unknown,
}

/** From SQL with `?` to what node-postgres takes. */
function statements(): (sql: string, values: Row) => pg.QueryArrayConfig<unknown[]> {
  const known = new Map<string, { text: string; name?: string }>()
  const read = (sql: string, count: number) => {
    let place = 0
    const text = sql.replace(/\?/g, () => `$${++place}`)
    return count > preparedValues ? { text } : { text, name: `linli-${known.size}` }
  }
  return (sql, values) => {
    let statement = known.get(sql)
    if (!statement) known.set(sql, statement = read(sql, values.length))
    return { ...statement, rowMode: 'array', types, values: values.map(plain) }
  }
}

/** PostgreSQL's text can't hold U+0000. No name has it, and JSON has it escaped: it comes in questions that find nothing, and in what people call things. */
function plain(value: Row[number]): Row[number] {
  return typeof value === 'string' ? value.replaceAll('\0', '\uFFFD') : value
}
