import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EngineName, Log } from '../../src/server/log/log'
import { openPostgres } from '../../src/server/log/postgres'
import { openLog } from '../../src/server/log/sqlLog'
import { openSqlite } from '../../src/server/log/sqlite'
import { freshDatabase } from './postgres/database'

export interface TestEngine {
  name: EngineName
  /** An empty log of its own, and how to be rid of it. */
  open(): Promise<{ log: Log; dispose(): Promise<void> }>
}

const sqlite: TestEngine = {
  name: 'sqlite',
  async open() {
    const directory = mkdtempSync(join(tmpdir(), 'linli-log-'))
    const log = await openLog(openSqlite(join(directory, 'linli.db')))
    return {
      log,
      async dispose() {
        await log.close()
        rmSync(directory, { recursive: true })
      },
    }
  },
}

const postgres: TestEngine = {
  name: 'postgres',
  async open() {
    const { url, drop } = await freshDatabase()
    const log = await openLog(openPostgres(url))
    return {
      log,
      async dispose() {
        await log.close()
        await drop()
      },
    }
  },
}

/** The engines that pass the shared suite; a new one is a line here. */
export const engines: readonly TestEngine[] = [sqlite, postgres]
