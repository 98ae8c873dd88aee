import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Role } from '../../../src/domain/role'
import { Phone } from '../../server/phone'
import { run } from '../../server/process'

/** Where the phones of every benchmark work. */
export const venue = 'v-main'
export const floor = `floor:${venue}`

/** The server as it is deployed, in a process of its own, with the sample festival and nothing else in it. */
export interface BenchServer {
  origin: string
  organiser: Phone
  /** A code that so many phones may join with. */
  invite(uses: number, role?: Role): Promise<string>
  /** Resident memory in bytes: now, and the most it ever was. */
  memory(): { now: number; most: number }
  stop(): Promise<void>
}

/** @param database a PostgreSQL to keep the log in; SQLite with `synchronous = FULL` where it is left out */
export async function startServer(database?: string): Promise<BenchServer> {
  const data = mkdtempSync(join(tmpdir(), 'linli-bench-'))
  const main = fileURLToPath(new URL('main.js', import.meta.url))
  const where = database === undefined ? [] : ['--database', database]
  const [first = main, ...rest] = [...profiling(), main, '--port', '0', '--host', '127.0.0.1', '--data', data, ...where]
  const command = run(first, rest)
  const [, origin = '', code = ''] = await command.printed(/(http:\/\/[\w.]+:\d+)\/join#([0-9A-Z]{16})/)
  const organiser = await Phone.join(origin, code, 'organiser')
  return {
    origin,
    organiser,
    async invite(uses, role = 'volunteer') {
      const { status, body } = await organiser.post<{ code: string }>('/api/invites', { role, venue, uses })
      if (status !== 201) throw new Error(`inviting: ${status} ${JSON.stringify(body)}`)
      return body.code
    },
    memory: () => memoryOf(command.process.pid ?? 0),
    async stop() {
      command.process.kill('SIGTERM')
      await command.ended
      rmSync(data, { recursive: true, force: true })
    },
  }
}

/** See profile.ts; the server's profile is of all its life. */
function profiling(): string[] {
  const folder = process.env.LINLI_BENCH_PROFILE
  return folder ? ['--cpu-prof', `--cpu-prof-dir=${folder}`] : []
}

/** Linux tells it in /proc; elsewhere there is no figure. */
function memoryOf(pid: number): { now: number; most: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const kilobytes = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) * 1024
  return { now: kilobytes('VmRSS'), most: kilobytes('VmHWM') }
}
