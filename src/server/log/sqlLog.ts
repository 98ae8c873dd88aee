import type { Engine } from './engine'
import type { EngineName, Log, Transaction, Wire } from './log'
import { LogVersion } from './log'
import { SqlReads } from './reads'
import { schemaVersion, tables } from './schema'
import { SqlTransaction } from './transaction'

class SqlLog extends SqlReads implements Log {
  readonly engine: EngineName
  readonly wire: Wire | undefined
  private readonly underneath: Engine

  constructor(engine: Engine) {
    super(engine)
    this.engine = engine.name
    this.wire = engine.wire
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
  await engine.transaction(async (connection) => {
    await connection.run('CREATE TABLE IF NOT EXISTS meta (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)')
    const transaction = new SqlTransaction(connection)
    const version = await transaction.meta('schema')
    if (version === schemaVersion) return
    if (version !== undefined) throw new LogVersion(`tables of version ${version}, this server reads version ${schemaVersion}`)
    // First, so that of two that make the tables one waits here.
    await transaction.addMeta('schema', schemaVersion)
    for (const table of tables(engine.dialect)) await connection.run(table)
  })
  return new SqlLog(engine)
}
