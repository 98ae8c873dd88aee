import { hash } from 'node:crypto'
import { throwServerDice, type Dice } from './dice'

/** Ten in the morning of the first day, in Beijing. */
export const opening = Date.parse('2023-05-20T10:00:00+08:00')

/** Whose work something is. What belongs to a dead one is never done. */
export interface Actor {
  readonly name: string
  alive: boolean
  /** Called before each of its turns at its databases: a crash may come between any two. */
  beforeTask?(): void
}

interface Happening {
  at: number
  order: number
  actor: Actor
  call(): void
}

const realImmediate = globalThis.setImmediate
/** A happening is done in some dozens of turns at the databases. */
const mostTurns = 20_000
/** What one writes to a database takes about so many. */
const mostTurnsBetween = 12
const turnOfTheLoop = () => new Promise<void>((resolve) => { realImmediate(resolve) })

/**
 * Time, and everything that takes its turn in it. Nothing here waits for a real clock: a happening is taken out, everything
 * that follows of it by itself (promises, databases, the server) comes to rest, and only then time goes on. All of it is on
 * one thread (signatures too), so one seed is one history.
 *
 * While a stage is set, the global timers and `crypto` are its own: the database fake takes its turns by `setImmediate`, the
 * server waits by `setTimeout`.
 */
export class Stage {
  now = opening
  readonly log: string[] = []
  /** Errors that a page reported, and that the server wrote to its log: each is a bug. */
  readonly faults: unknown[] = []
  readonly serverFaults: unknown[] = []
  /** The dice of the server's secrets: device ids, tokens. */
  readonly dice: Dice
  /** Called whenever everything has come to rest. */
  atRest: () => void | Promise<void> = () => {}
  readonly #happenings: Happening[] = []
  #order = 0
  #tasks = 0
  /** Who is at work, until the next happening or the next turn at a database. */
  #actor: Actor = { name: 'stage', alive: true }

  constructor(dice: Dice) {
    this.dice = dice
  }

  note(text: string): void {
    this.log.push(`${((this.now - opening) / 1_000).toFixed(3).padStart(9)} ${text}`)
  }

  after(milliseconds: number, actor: Actor, call: () => void): () => void {
    const happening = { at: this.now + Math.max(0, Math.ceil(milliseconds)), order: this.#order++, actor, call }
    this.#happenings.push(happening)
    return () => this.#take(happening)
  }

  /** Lets time go on to a moment, or until something holds. @returns whether it came to hold */
  async play(to: number, holds: () => boolean = () => false): Promise<boolean> {
    const until = Math.ceil(to)
    await this.settle()
    for (;;) {
      if (holds()) return true
      const next = this.#first()
      if (!next || next.at > until) break
      this.#take(next)
      this.now = Math.max(this.now, next.at)
      if (!next.actor.alive) continue
      this.#actor = next.actor
      next.call()
      // What happens in the same moment may come half-way into it.
      const another = this.#happenings.some(({ at, actor }) => at <= this.now && actor.alive)
      if (another && this.dice.chance(0.5)) await this.#goOn(this.dice.between(0, mostTurnsBetween))
      else await this.settle()
    }
    this.now = Math.max(this.now, until)
    return holds()
  }

  async #goOn(turns: number): Promise<void> {
    for (let left = turns; left > 0; left--) await turnOfTheLoop()
  }

  /** Everything that goes on by itself, to its end. */
  async settle(): Promise<void> {
    let turns = 0
    do {
      await turnOfTheLoop()
      if (++turns > mostTurns) throw new Error(`it never comes to rest: ${this.#actor.name}`)
    } while (this.#tasks > 0)
    await this.atRest()
  }

  /** Takes the global timers and `crypto`; returns how to give them back. */
  set(): () => void {
    const taken = {
      setTimeout: (call: () => void, milliseconds = 0) => this.after(milliseconds, this.#actor, call),
      clearTimeout: (cancel?: () => void) => cancel?.(),
      setImmediate: (call: () => void) => this.#takeTurn(call),
      crypto: { subtle: instantSubtle(this.dice) },
    }
    const before = Object.keys(taken).map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const)
    for (const [name, value] of Object.entries(taken)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
    throwServerDice(this.dice)
    const { error, warn } = console
    console.error = (fault: unknown) => this.serverFaults.push(fault)
    // Dexie tells of every handle that died; here they die by the thousand.
    console.warn = () => {}
    return () => {
      throwServerDice(undefined)
      Object.assign(console, { error, warn })
      for (const [name, descriptor] of before) if (descriptor) Object.defineProperty(globalThis, name, descriptor)
    }
  }

  #takeTurn(call: () => void): void {
    const actor = this.#actor
    this.#tasks++
    realImmediate(() => {
      this.#tasks--
      // Until the next turn; promises that this one settles go on as the same actor.
      this.#actor = actor
      if (actor.alive) actor.beforeTask?.()
      call()
    })
  }

  #first(): Happening | undefined {
    return this.#happenings.reduce<Happening | undefined>((first, one) =>
      (!first || one.at < first.at || (one.at === first.at && one.order < first.order) ? one : first), undefined)
  }

  #take(happening: Happening): void {
    const index = this.#happenings.indexOf(happening)
    if (index >= 0) this.#happenings.splice(index, 1)
  }
}

interface Key {
  type: 'private' | 'public'
  x: string
}

/**
 * In place of WebCrypto, which works on other threads and comes back when it likes: keys are names, and a signature is the hash of the name and
 * what is signed. Nobody forges here; what was cut or changed on the way still does not verify.
 */
function instantSubtle(dice: Dice) {
  const mark = (key: Key, bytes: Uint8Array) => hash('sha512', Buffer.concat([Buffer.from(key.x), bytes]), 'buffer')
  return {
    generateKey: async () => {
      const x = dice.bytes(32).toString('base64url')
      return { privateKey: { type: 'private', x }, publicKey: { type: 'public', x } }
    },
    exportKey: async (_format: 'jwk', { type, x }: Key) => ({ kty: 'EC', crv: 'P-256', x, y: x, ...(type === 'private' && { d: x }) }),
    importKey: async (_format: 'jwk', { x, d }: { x: string; d?: string }): Promise<Key> => ({ type: d ? 'private' : 'public', x }),
    sign: async (_scheme: unknown, key: Key, bytes: Uint8Array) => new Uint8Array(mark(key, bytes)).buffer,
    verify: async (_scheme: unknown, key: Key, signature: Uint8Array, bytes: Uint8Array) => mark(key, bytes).equals(signature),
    digest: async (_name: string, bytes: Uint8Array) => new Uint8Array(hash('sha256', bytes, 'buffer')).buffer,
  }
}
