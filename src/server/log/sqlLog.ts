import type { Engine } from './engine'
import type { EngineName, Log, Transaction } from './log'
import { LogVersion } from './log'
import { SqlReads } from './reads'
import { schemaVersion, tables } from './schema'
import { SqlTransaction } from './transaction'

class SqlLog extends SqlReads implements Log {
  readonly engine: EngineName
  private readonly underneath: Engine

  constructor(engine: Engine) {
    super(engine)
    this.engine = engine.name
    this.underneath = engine
  }

  write<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.underneath.transaction((connection) => work(new SqlTransaction(connection)))
  }

  close(): Promise<void> {
    return this.underneath.close()
  }
}

/**
 * The log on an engine; makes the tables where there are none.
 * @throws LogVersion when they are another version's
 */
export async function openLog(engine: Engine): Promise<Log> {
  await engine.run('CREATE TABLE IF NOT EXISTS meta (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)')
  const log = new SqlLog(engine)
  await engine.transaction(async (connection) => {
    const transaction = new SqlTransaction(connection)
    const version = await transaction.meta('schema')
    if (version === schemaVersion) return
    if (version !== undefined) throw new LogVersion(`tables of version ${version}, this server reads version ${schemaVersion}`)
    for (const table of tables(engine.dialect)) await connection.run(table)
    await transaction.setMeta('schema', schemaVersion)
  })
  return log
}
