import type { ChildProcess } from 'node:child_process'
import { execFile, spawn, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import pg from 'pg'
import { freePort } from '../process'
import type { Binaries } from './binaries'
import { findBinaries } from './binaries'

const keeper = fileURLToPath(new URL('keeper.mjs', import.meta.url))
/** Milliseconds for a start, with recovery and on a busy machine. */
const patience = 30_000

/** A PostgreSQL of our own, on a free port of this machine. It ends when `stop` is called or this process does, however it does. */
export class Cluster {
  /** Of its first database, as its superuser. */
  readonly url: string
  private readonly binaries: Binaries
  private readonly folder: string
  private readonly flags: string[]
  private running: { keeper: ChildProcess; pid: number } | undefined

  private constructor(binaries: Binaries, folder: string, port: number, password: string, settings: Record<string, string>) {
    this.binaries = binaries
    this.folder = folder
    this.url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`
    const all = { listen_addresses: '127.0.0.1', port: String(port), unix_socket_directories: '', max_connections: '200', shared_buffers: '32MB', ...settings }
    this.flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  }

  /** @param settings of postgresql.conf */
  static async create(settings: Record<string, string> = {}): Promise<Cluster> {
    const binaries = findBinaries()
    const { uid } = binaries
    const folder = newFolder()
    const [data, passwordFile, password] = [join(folder, 'data'), join(folder, 'password'), randomUUID()]
    mkdirSync(data)
    writeFileSync(passwordFile, password)
    if (uid !== undefined) for (const path of [data, passwordFile]) chownSync(path, uid, uid)
    await promisify(execFile)(binaries.initdb, [
      '-D', data, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '--no-sync', '--no-locale', '-E', 'UTF8',
    ], { cwd: '/', ...(uid !== undefined && { uid, gid: uid }) })
    const cluster = new Cluster(binaries, folder, await freePort(), password, settings)
    await cluster.start()
    return cluster
  }

  /** A standby that follows this one. Its base is a copy of this one's directory, for which this one is stopped and started again. */
  async makeStandby(): Promise<Cluster> {
    const { password, hostname, port } = new URL(this.url)
    const folder = newFolder()
    const data = join(folder, 'data')
    await this.shutDown()
    cpSync(join(this.folder, 'data'), data, { recursive: true })
    writeFileSync(join(data, 'standby.signal'), '')
    const { uid } = this.binaries
    if (uid !== undefined) spawnSync('chown', ['-R', `${uid}:${uid}`, data])
    await this.start()
    const standby = new Cluster(findBinaries(), folder, await freePort(), password, {
      wal_retrieve_retry_interval: '200ms', primary_conninfo: `host=${hostname} port=${port} user=postgres password=${password}`,
    })
    await standby.start()
    return standby
  }

  async start(): Promise<void> {
    const until = Date.now() + patience
    const { postgres, uid } = this.binaries
    const child = spawn(process.execPath, [keeper, String(uid ?? '-'), this.folder, postgres, '-D', join(this.folder, 'data'), ...this.flags], {
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    let said = ''
    child.stderr.on('data', (chunk: Buffer) => { said += chunk.toString() })
    const [pid] = await once(createInterface(child.stdout), 'line') as [string]
    this.running = { keeper: child, pid: Number(pid) }
    while (!await this.answers()) {
      if (child.exitCode !== null || Date.now() > until) throw new Error(`PostgreSQL did not start: ${said}`)
      await pause(20)
    }
  }

  /** The whole of it at once, as when the machine's memory is gone: none of its processes gets to say anything. */
  async kill(): Promise<void> {
    if (!this.running) return
    const { keeper, pid } = this.running
    const ended = once(keeper, 'exit')
    const children = childrenOf(pid)
    for (const one of [pid, ...children]) kill(one)
    await ended
    this.running = undefined
    // A new one does not start before the last of the old one has let go.
    while (children.some((one) => (statOf(one)?.state ?? 'Z') !== 'Z')) await pause(5)
  }

  /** As it is stopped by whoever looks after it: everything is on disk, and its directory stays. */
  private async shutDown(): Promise<void> {
    if (!this.running) return
    const ended = once(this.running.keeper, 'exit')
    process.kill(this.running.pid, 'SIGINT')
    await ended
    this.running = undefined
  }

  async stop(): Promise<void> {
    const { keeper } = this.running ?? {}
    if (keeper) {
      const ended = once(keeper, 'exit')
      keeper.stdin?.end()
      await ended
    }
    rmSync(this.folder, { recursive: true, force: true })
    if (this.binaries.copy) rmSync(this.binaries.copy, { recursive: true, force: true })
  }

  private async answers(): Promise<boolean> {
    const client = new pg.Client({ connectionString: this.url })
    client.on('error', () => {})
    return client.connect().then(() => client.end()).then(() => true, () => false)
  }
}

/** Whoever PostgreSQL runs as may look into it. */
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'linli-cluster-'))
  chmodSync(folder, 0o755)
  return folder
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It was quicker.
  }
}

/** Where the system shows its processes as files; elsewhere PostgreSQL's children see by themselves that their parent died. */
function childrenOf(parent: number): number[] {
  try {
    return readdirSync('/proc').map(Number).filter((pid) => pid > 0 && statOf(pid)?.parent === parent)
  } catch {
    return []
  }
}

/** `state` is Z for what has ended and waits to be counted by its parent. */
function statOf(pid: number): { state: string; parent: number } | undefined {
  try {
    // `pid (name) state parent …`; the name may have anything in it.
    const [state = '', parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    return { state, parent: Number(parent) }
  } catch {
    return undefined
  }
}
