import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'

/** What a process full of phones is told first. */
export interface Prepare {
  origin: string
  /** Linli's phones join with it. */
  invite?: string
  /** Phones in this process, what each has written without a network, and what all of all processes have. */
  phones: number
  operations: number
  total: number
}

/** What it says at the end: the moment (ms) when the last of its phones held everything, and what each then holds. */
export interface Done {
  finished: number
  digests: string[]
}

/** RxDB without a licence opens at most 16 collections in one process; all contenders are spread alike. */
const phonesPerProcess = 15
/** One for each core at least. */
const fewestProcesses = 2

/** Phones of one contender, in several processes. They have no network until `reconnect`. */
export class Crowd {
  private readonly processes: ChildProcess[]

  private constructor(processes: ChildProcess[]) {
    this.processes = processes
  }

  /** @param file what such a process runs */
  static async gather(file: string, phones: number, everybody: Omit<Prepare, 'phones' | 'total'>): Promise<Crowd> {
    const count = Math.max(fewestProcesses, Math.ceil(phones / phonesPerProcess))
    const processes = Array.from({ length: count }, () => fork(file, { serialization: 'advanced' }))
    const crowd = new Crowd(processes)
    const total = phones * everybody.operations
    await Promise.all(processes.map((child, index) => {
      const share = Math.floor(phones / count) + (index < phones % count ? 1 : 0)
      return tell(child, { prepare: { ...everybody, phones: share, total } })
    }))
    return crowd
  }

  /**
   * All go online at once.
   * @returns milliseconds until the last one holds everything; undefined when that has not come to pass within the limit
   * @throws Error when they don't hold the same
   */
  async reconnect(limit: number): Promise<number | undefined> {
    const began = Date.now()
    const late = pause(limit, undefined, { ref: false })
    const all = Promise.all(this.processes.map((child) => tell<Done>(child, { go: true })))
    const done = await Promise.race([all, late])
    if (!done) return undefined
    const held = new Set(done.flatMap(({ digests }) => digests))
    if (held.size !== 1) throw new Error(`${held.size} different states`)
    return Math.max(...done.map(({ finished }) => finished)) - began
  }

  async disperse(): Promise<void> {
    await Promise.all(this.processes.map(async (child) => {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    }))
  }
}

/** Tells a process something and waits for what it says to that. */
async function tell<Answer>(child: ChildProcess, message: object): Promise<Answer> {
  const failed = once(child, 'exit').then(([code]) => { throw new Error(`a process with phones ended: ${code}`) })
  failed.catch(() => {})
  child.send(message)
  const [answer] = await Promise.race([once(child, 'message'), failed]) as [Answer]
  return answer
}
