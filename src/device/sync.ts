import { maxWait } from '../protocol/limits'
import type { Phase, Trouble } from './api'
import { backoff } from './backoff'
import { Exchange } from './exchange'
import { syncTable, type SyncEvent } from './sync-machine'
import type { Keep, Turn } from './turn'

/** Held by the tab that leads, and by the service worker while it sends. */
export const lockName = 'linli-sync'
/** Records written together (a walk-in is two) go out together; shorter than anybody notices. */
const gather = 50
/** A page that nobody looks at asks so often; browsers wake it no oftener. */
const hiddenRest = 60_000
/** A server, or a proxy before it, that answers a waiting request at once with nothing is asked so often instead. */
const shownRest = 5_000
const atOnce = 1_000
/** A server may ask to be left alone, but not for the rest of the day. */
const longestHold = 10 * 60_000

type Leave = () => void
interface SyncHooks {
  /** Phase or trouble changed. */
  changed(): void
  /** An answer was taken in. */
  answered(): void
}
const nothingToLeave: Leave = () => {}

/** Runs the state machine of sync-machine.ts: entering a state begins what it names, leaving it ends that. */
export class Sync {
  trouble?: Trouble
  readonly #keep: Keep
  readonly #exchange: Exchange
  readonly #hooks: SyncHooks
  readonly #listeners = new Set<(turn: Turn) => void>()
  #phase: Phase = 'off'
  #line: Promise<unknown> = Promise.resolve()
  #leave: Leave = nothingToLeave
  #stopWatching: Leave = nothingToLeave
  #releaseLock: Leave = nothingToLeave
  #gathering?: Leave
  #failures = 0
  #retryAfter = 0

  constructor(keep: Keep, hooks: SyncHooks) {
    this.#keep = keep
    this.#exchange = new Exchange(keep)
    this.#hooks = hooks
  }

  get phase(): Phase {
    return this.#phase
  }

  start(): void {
    this.#stopWatching()
    this.#stopWatching = this.#keep.ports.page.watch((event) => this.#dispatch(event))
    this.#dispatch('start')
  }

  stop(): void {
    this.#stopWatching()
    this.#gathering?.()
    this.#gathering = undefined
    this.#dispatch('stop')
    this.#releaseLock()
    this.#tell({ event: 'failed' })
  }

  /** Something was written on this phone: it goes out in a moment. */
  recorded(): void {
    this.#gathering ??= this.#keep.ports.after(gather, () => {
      this.#gathering = undefined
      this.#dispatch('record')
    })
  }

  /**
   * Exchanges until nothing is left or something is in the way, and tells of every turn. Where this tab leads, that is its own loop
   * hurried; where another does, it goes beside it, which costs a few bytes and harms nothing.
   */
  complete(tell: (turn: Turn) => void = () => {}): Promise<Turn> {
    this.#keep.courier.reconsider()
    this.#dispatch('hurry')
    if (this.#phase === 'held-off') return Promise.resolve({ event: 'held', trouble: this.trouble })
    return new Promise((resolve, reject) => {
      const listener = (turn: Turn) => {
        tell(turn)
        if (turn.event === 'progress') return
        this.#listeners.delete(listener)
        resolve(turn)
      }
      this.#listeners.add(listener)
      if (this.#phase !== 'exchanging') this.#goBeside(listener).catch(reject)
    })
  }

  /** Until somebody has told the listener that it is done, or this tab leads and does it anyway. */
  async #goBeside(listener: (turn: Turn) => void): Promise<void> {
    while (this.#listeners.has(listener) && this.#phase !== 'exchanging') {
      this.#take(await this.#turn(0))
      this.#hooks.changed()
    }
  }

  #dispatch(event: SyncEvent): void {
    const next = syncTable[this.#phase][event]
    if (next === 'stay') return
    this.#leave()
    this.#phase = next
    this.#leave = nothingToLeave
    this.#leave = this.#enter[next]()
    this.#hooks.changed()
  }

  readonly #enter: Readonly<Record<Phase, () => Leave>> = {
    'off': () => nothingToLeave,
    'following': () => this.#follow(),
    'exchanging': () => this.#ask(0),
    'listening': () => this.#ask(maxWait),
    'resting': () => this.#timer(this.#keep.ports.page.visible() ? shownRest : hiddenRest),
    'backing-off': () => this.#timer(backoff(this.#failures, this.#keep.ports.random())),
    'held-off': () => this.#timer(this.#retryAfter),
    'stopped': () => nothingToLeave,
  }

  /** Waits until this tab leads; the lock is held until `stop`, or until the tab dies. */
  #follow(): Leave {
    const { locks, after } = this.#keep.ports
    if (!locks) return after(0, () => this.#dispatch('lead'))
    const cut = new AbortController()
    const held = locks.request(lockName, { signal: cut.signal }, async () => {
      if (this.#phase !== 'following') return
      await new Promise<void>((resolve) => {
        this.#releaseLock = resolve
        this.#dispatch('lead')
      })
    })
    // Rejects when it was aborted, which is our own doing.
    held.catch(() => {})
    return () => cut.abort()
  }

  /** @param wait seconds to wait at the server for news */
  #ask(wait: number): Leave {
    const { now, page } = this.#keep.ports
    const cut = new AbortController()
    const asked = now()
    this.#turn(wait, cut.signal).then((turn) => {
      if (cut.signal.aborted) return
      this.#take(turn)
      const didNotWait = wait > 0 && turn.received === 0 && now() - asked < atOnce
      this.#dispatch(turn.event === 'done' && (didNotWait || !page.visible()) ? 'done-rest' : turn.event)
    }).catch((error: unknown) => {
      // A bug of ours must not end sync for good.
      this.#keep.ports.report(error)
      if (!cut.signal.aborted) this.#dispatch('failed')
    })
    return () => cut.abort()
  }

  /** One after the other in a tab, so that no two ask for the same. */
  #turn(wait: number, signal?: AbortSignal): Promise<Turn> {
    const turn = this.#line.then(() => this.#exchange.turn(wait, signal))
    this.#line = turn.catch(() => {})
    return turn
  }

  #timer(milliseconds: number): Leave {
    return this.#keep.ports.after(milliseconds, () => this.#dispatch('timer'))
  }

  #take(turn: Turn): void {
    const { event, trouble, retryAfter = 0 } = turn
    const answered = event === 'progress' || event === 'done'
    this.#failures = answered ? 0 : this.#failures + 1
    this.#retryAfter = Math.min(longestHold, retryAfter)
    this.trouble = answered ? undefined : trouble
    if (answered) this.#hooks.answered()
    this.#tell(turn)
  }

  #tell(turn: Turn): void {
    for (const listener of [...this.#listeners]) listener(turn)
  }
}
