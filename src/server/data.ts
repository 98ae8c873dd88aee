import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Complaint } from './complaint'
import { codeOf } from './fault'
import type { Log } from './log/log'
import { LogBusy, LogVersion } from './log/log'
import { openPostgres } from './log/postgres'
import { openLog } from './log/sqlLog'
import { holdLock, openSqlite } from './log/sqlite'

/** Where a server keeps its data. */
export interface Place {
  /** A directory: the log on SQLite, and the sheet of the sample's tickets. */
  data: string
  /** Address of a PostgreSQL database that has the log instead. */
  database: string | undefined
}

export interface Data {
  log: Log
  close(): Promise<void>
}

/**
 * Opens a server's log, and makes it where there is none. A directory with SQLite in it is held: two servers on it would not wake each
 * other's waiting phones. On one PostgreSQL database they do.
 * @throws Complaint
 */
export async function openData({ data, database }: Place): Promise<Data> {
  // Keys and people's data: for this user alone, also where the directory was made by somebody else.
  process.umask(0o077)
  try {
    makeDirectory(data)
    if (database === undefined) return await openHeld(data)
  } catch (error) {
    throw complaintOf(error, data)
  }
  const log = await openDatabase(database)
  return { log, close: () => log.close() }
}

/**
 * Opens the log of a server, running or not.
 * @throws Complaint also where no server has been yet
 */
export async function openExisting({ data, database }: Place): Promise<Log> {
  if (database === undefined) {
    if (!existsSync(join(data, 'linli.db'))) throw nothingYet(data)
    return openSqliteLog(data).catch((error: unknown) => { throw complaintOf(error, data) })
  }
  const log = await openDatabase(database)
  if (await log.meta('epoch') !== undefined) return log
  await log.close()
  throw nothingYet(nameOf(database))
}

/** Step by step: with `recursive`, Node 20 tries for ever where the system says that there is no such place, as under /proc. */
function makeDirectory(path: string): void {
  if (existsSync(path)) return
  if (dirname(path) !== path) makeDirectory(dirname(path))
  mkdirSync(path)
}

async function openHeld(directory: string): Promise<Data> {
  const release = holdLock(join(directory, 'server.lock'))
  if (!release) throw new Complaint(`数据目录 ${directory} 正被另一个服务器使用。 / Another server is using ${directory}.`)
  const log = await openSqliteLog(directory)
  return {
    log,
    async close() {
      await log.close()
      release()
    },
  }
}

function openSqliteLog(directory: string): Promise<Log> {
  return openLog(openSqlite(join(directory, 'linli.db')))
}

async function openDatabase(url: string): Promise<Log> {
  const engine = openPostgres(url)
  try {
    return await openLog(engine)
  } catch (error) {
    await engine.close()
    throw complaintOfDatabase(error, nameOf(url))
  }
}

/** A database's address without the user and the password, which are nobody's to read on a screen. */
function nameOf(url: string): string {
  const { host, pathname } = new URL(url)
  return host + pathname
}

function nothingYet(place: string): Complaint {
  return new Complaint(`${place} 中还没有数据,请先 npm start。 / No data in ${place} yet: npm start first.`)
}

function complaintOf(error: unknown, directory: string): unknown {
  if (error instanceof LogVersion) {
    return new Complaint(`数据目录 ${directory} 属于另一个版本:${error.message}。 / ${directory} belongs to another version: ${error.message}.`)
  }
  const code = codeOf(error)
  if (code === 'SQLITE_NOTADB') return new Complaint(`${directory} 中的 linli.db 不是 Linli 的数据。 / linli.db in ${directory} is not a log of Linli. (${code})`)
  if (code === undefined) return error
  // libsql leaves the code empty where it can't open a file at all.
  return new Complaint(`数据目录 ${directory} 打不开或不能写入。 / Can't open or write ${directory}. (${code || 'SQLITE_CANTOPEN'})`)
}

function complaintOfDatabase(error: unknown, name: string): unknown {
  if (error instanceof LogVersion) {
    return new Complaint(`数据库 ${name} 属于另一个版本:${error.message}。 / ${name} belongs to another version: ${error.message}.`)
  }
  const cause = error instanceof LogBusy ? error.cause ?? error : error
  const reason = codeOf(cause) ?? (error instanceof LogBusy && cause instanceof Error ? cause.message : undefined)
  return reason ? new Complaint(`数据库 ${name} 连不上或打不开。 / Can't reach or open the database ${name}. (${reason})`) : error
}
