import type { StreamName } from '../../domain/operation'

/**
 * Wakes requests that wait for news of a stream. It carries no truth: who is woken reads the log, and who is woken for nothing waits on.
 * News of other processes on the same log comes in by sharedNotifier.ts.
 */
export interface Notifier {
  publish(streams: Iterable<StreamName>): void
  /** Listens from now on; ask it before the log is read, so that nothing falls between. */
  listen(streams: readonly StreamName[]): Bell
  /** Wakes everybody, for good: the server stops. */
  close(): void
  readonly closed: boolean
}

export interface Bell {
  /** Resolves at the first news, when `milliseconds` have passed, or when the signal aborts. */
  rung(milliseconds: number, signal: AbortSignal): Promise<void>
  stop(): void
}

/**
 * Milliseconds between two times of waking. The first news wakes at once; what comes right after it is told together. When two hundred
 * phones come back, each would otherwise be woken for every batch of every other, and a person sees no difference.
 */
const rest = 40

export class LocalNotifier implements Notifier {
  protected readonly listeners = new Map<StreamName, Set<() => void>>()
  closed = false
  private readonly news = new Set<StreamName>()
  private resting = false

  publish(streams: Iterable<StreamName>): void {
    this.ring(streams)
  }

  /** Wakes those who listen in this process: now, or when it has rested. */
  protected ring(streams: Iterable<StreamName>): void {
    for (const stream of streams) this.news.add(stream)
    if (!this.resting) this.tellNews()
  }

  private tellNews(): void {
    this.resting = this.news.size > 0
    if (!this.resting) return
    setTimeout(() => this.tellNews(), rest)
    const streams = [...this.news]
    this.news.clear()
    this.wake(streams)
  }

  private wake(streams: Iterable<StreamName>): void {
    for (const stream of streams) for (const ring of this.listeners.get(stream) ?? []) ring()
  }

  listen(streams: readonly StreamName[]): Bell {
    let rang = this.closed
    let wake = () => {}
    const ring = () => { rang = true; wake() }
    for (const stream of streams) {
      const listeners = this.listeners.get(stream) ?? new Set()
      this.listeners.set(stream, listeners.add(ring))
    }
    return {
      rung: (milliseconds, signal) => new Promise((resolve) => {
        if (rang || signal.aborted) return resolve()
        const timer = setTimeout(ring, milliseconds)
        signal.addEventListener('abort', ring, { once: true })
        wake = () => {
          clearTimeout(timer)
          signal.removeEventListener('abort', ring)
          resolve()
        }
      }),
      stop: () => {
        for (const stream of streams) {
          const listeners = this.listeners.get(stream)
          listeners?.delete(ring)
          if (listeners?.size === 0) this.listeners.delete(stream)
        }
      },
    }
  }

  close(): void {
    this.closed = true
    this.wake([...this.listeners.keys()])
  }
}
