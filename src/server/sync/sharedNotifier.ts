import type { StreamName } from '../../domain/operation'
import type { Reads, Wire } from '../log/log'
import { LocalNotifier } from './notifier'

/** Milliseconds between two looks at the log: how late news of another process can be when its word got lost. */
const interval = 3_000

/** The notifier of one of several processes on one log: tells the others, hears them, and looks by itself too. */
export class SharedNotifier extends LocalNotifier {
  private readonly log: Reads
  private readonly wire: Wire
  private readonly timer: NodeJS.Timeout
  private seen = new Map<StreamName, number>()

  constructor(log: Reads, wire: Wire) {
    super()
    this.log = log
    this.wire = wire
    wire.receive((streams) => this.ring(streams))
    // A look that fails is no news; the next one is soon.
    this.timer = setInterval(() => void this.look().catch(() => {}), interval).unref()
  }

  override publish(streams: Iterable<StreamName>): void {
    super.publish(streams)
    this.wire.send(streams)
  }

  override close(): void {
    clearInterval(this.timer)
    super.close()
  }

  /** Wakes who waits for a stream whose head has moved since the last look. */
  private async look(): Promise<void> {
    const awaited = [...this.listeners.keys()]
    const heads = awaited.length > 0 ? await this.log.heads(awaited) : new Map<StreamName, number>()
    this.ring([...heads].filter(([stream, head]) => this.seen.get(stream) !== head).map(([stream]) => stream))
    this.seen = heads
  }
}
