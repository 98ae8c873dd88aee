import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Complaint } from './complaint'
import { codeOf } from './fault'
import type { Log } from './log/log'
import { LogVersion } from './log/log'
import { openLog } from './log/sqlLog'
import { holdLock, openSqlite } from './log/sqlite'

export interface Data {
  log: Log
  close(): Promise<void>
}

/**
 * Opens a server's data directory and holds it: two servers on one directory would not wake each other's waiting phones.
 * @throws Complaint
 */
export async function openData(directory: string): Promise<Data> {
  // Keys and people's data: for this user alone, also where the directory was made by somebody else.
  process.umask(0o077)
  try {
    mkdirSync(directory, { recursive: true })
    const release = holdLock(join(directory, 'server.lock'))
    if (!release) throw new Complaint(`数据目录 ${directory} 正被另一个服务器使用。 / Another server is using ${directory}.`)
    const log = await openLogIn(directory)
    return {
      log,
      async close() {
        await log.close()
        release()
      },
    }
  } catch (error) {
    throw complaintOf(error, directory)
  }
}

export function openLogIn(directory: string): Promise<Log> {
  return openLog(openSqlite(join(directory, 'linli.db')))
}

export function complaintOf(error: unknown, directory: string): unknown {
  if (error instanceof LogVersion) {
    return new Complaint(`数据目录 ${directory} 属于另一个版本:${error.message}。 / ${directory} belongs to another version: ${error.message}.`)
  }
  const code = codeOf(error)
  if (code === 'SQLITE_NOTADB') return new Complaint(`${directory} 中的 linli.db 不是 Linli 的数据。 / linli.db in ${directory} is not a log of Linli. (${code})`)
  if (code) return new Complaint(`数据目录 ${directory} 打不开或不能写入。 / Can't open or write ${directory}. (${code})`)
  return error
}
