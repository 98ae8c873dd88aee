import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)
const built = new URL('../../dist/server/', import.meta.url).pathname

/** The built server as a process of its own, with a data directory of its own. It can go down and come back to the same data. */
export class Server {
  readonly port: number
  readonly data: string
  readonly origin: string
  /** The organiser's link as the server printed it when it started last: `{origin}/join#CODE`. */
  organiser = ''
  readonly #program: string
  #child: ChildProcess | undefined

  private constructor(program: string, port: number, data: string) {
    this.#program = program
    this.port = port
    this.data = data
    this.origin = `http://localhost:${String(port)}`
  }

  /** @param program the folder of the built server; it serves the app that lies beside it */
  static async launch(program = built): Promise<Server> {
    const server = new Server(program, await freePort(), await mkdtemp(join(tmpdir(), 'linli-data-')))
    await server.start()
    return server
  }

  /** Starts on the same port and data, and waits until it answers and has printed the link. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [join(this.#program, 'main.js'), '--port', String(this.port), '--data', this.data])
    this.#child = child
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { said += chunk.toString() })
    for (let waited = 0; waited < 20_000 && child.exitCode === null; waited += 50) {
      const health = await fetch(`${this.origin}/api/health`).catch(() => undefined)
      const link = /\S+\/join#\w+/.exec(said)?.[0]
      if (health?.ok && link) {
        this.organiser = link
        return
      }
      await pause(50)
    }
    throw new Error(`The server does not start at ${this.origin}:\n${said}`)
  }

  /** As Ctrl-C does. @returns the exit code, 0 for a clean end */
  stop(): Promise<number | null> {
    return this.#end('SIGINT')
  }

  /** As `kill -9` does. */
  kill(): Promise<number | null> {
    return this.#end('SIGKILL')
  }

  /** A link that lets one phone join. */
  async invite(role: string, venue?: string): Promise<string> {
    const { stdout } = await run(process.execPath, [join(this.#program, 'invite.js'), role, ...(venue ? [venue] : []), '--data', this.data])
    return stdout.trim()
  }

  /** Ends the process and removes its data. */
  async remove(): Promise<void> {
    await this.kill()
    await rm(this.data, { recursive: true, force: true })
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child
    if (child?.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
    return child.exitCode
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0)
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}
