/** Milliseconds: doubled after each failure in a row, up to the longest; with full jitter, so that hubs don't come back all at once. */
const shortest = 1_000
const longest = 60_000

/** What a turn says: go on at once, rest for so many milliseconds, or it failed and may say when to try again. */
export type Turned = 'again' | { rest: number } | { failed: Error; retryAfter?: number }

/** Does one turn after the other until it is stopped. */
export class Loop {
  private readonly turn: (stop: AbortSignal) => Promise<Turned>
  private readonly random: () => number
  private readonly cut = new AbortController()
  private running: Promise<void> | undefined
  private failures = 0
  private wakeUp = () => {}
  private woken = false

  constructor(turn: (stop: AbortSignal) => Promise<Turned>, random: () => number) {
    this.turn = turn
    this.random = random
  }

  start(): void {
    this.running ??= this.run()
  }

  /** There is something to do: a rest ends, but not what comes after a failure. */
  wake(): void {
    this.woken = true
    if (this.failures === 0) this.wakeUp()
  }

  /** Resolves when nothing of it goes on any more. */
  async stop(): Promise<void> {
    this.cut.abort()
    this.wakeUp()
    await this.running
  }

  private async run(): Promise<void> {
    while (!this.cut.signal.aborted) {
      this.woken = false
      const turned = await this.turn(this.cut.signal)
      if (turned === 'again') this.failures = 0
      else if ('rest' in turned) {
        this.failures = 0
        if (!this.woken) await this.pause(turned.rest)
      } else {
        this.failures++
        await this.pause(Math.max(turned.retryAfter ?? 0, this.random() * Math.min(longest, shortest * 2 ** (this.failures - 1))))
      }
    }
  }

  private pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.cut.signal.aborted) return resolve()
      const timer = setTimeout(resolve, milliseconds)
      this.wakeUp = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
