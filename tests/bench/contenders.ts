import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Crowd } from './crowd'
import { startServer } from './linli/server'

/** Everybody who is measured at coming back: a server in a process of its own, and phones in several. */
export const contenders = ['linli', 'rxdb', 'pouchdb'] as const
export type Contender = (typeof contenders)[number]

/** The bundle runs from a cache inside `node_modules`; the sources of the others stay where they are. */
const folder = fileURLToPath(new URL('../../../tests/bench/contenders/', import.meta.url))

/**
 * Every phone has written so many operations without a network, and all come back at once.
 * @param limit milliseconds
 * @returns milliseconds until all hold all; undefined when that took longer than the limit
 */
export async function reconnect(contender: Contender, phones: number, operations: number, limit: number): Promise<number | undefined> {
  const { origin, invite, file, stop } = contender === 'linli' ? await serveLinli(phones) : await serveOther(contender)
  const crowd = await Crowd.gather(file, phones, { origin, invite, operations })
  try {
    return await crowd.reconnect(limit)
  } finally {
    await crowd.disperse()
    await stop()
  }
}

interface Served {
  origin: string
  invite?: string
  /** What a process full of phones runs. */
  file: string
  stop(): Promise<void>
}

async function serveLinli(phones: number): Promise<Served> {
  const server = await startServer()
  const file = fileURLToPath(new URL('phones.js', import.meta.url))
  return { origin: server.origin, invite: await server.invite(phones), file, stop: () => server.stop() }
}

async function serveOther(contender: Contender): Promise<Served> {
  install()
  const child = fork(`${folder}${contender}-server.mjs`)
  const [{ origin }] = await once(child, 'message') as [{ origin: string }]
  return {
    origin,
    file: `${folder}${contender}-phones.mjs`,
    async stop() {
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}

/** Nobody who builds, tests or runs Linli needs them; so they are fetched when they are first measured. None runs a script at that. */
function install(): void {
  if (existsSync(`${folder}node_modules`)) return
  console.error('Installing PouchDB and RxDB …')
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel', 'error'], { cwd: folder, stdio: 'inherit' })
}
