import { fold } from '../../domain/fold'
import type { Operation, StreamName } from '../../domain/operation'
import type { Programme } from '../../domain/programme'
import { programmeOf } from '../../domain/programme'
import type { State } from '../../domain/state'
import { createState } from '../../domain/state'
import type { Log, Reads } from '../log/log'

/** Operations folded between two turns of everybody else. */
const foldedAtOnce = 2_000

/**
 * The state of some streams, kept warm: asking again folds only what is new. The same fold as on every phone.
 */
export class Folded {
  readonly state: State = createState()
  private readonly log: Log
  private readonly wanted: (stream: StreamName) => boolean
  private readonly cursors = new Map<StreamName, number>()
  private line: Promise<void> = Promise.resolve()
  private seen: { version: number; programme: Programme } | undefined

  constructor(log: Log, wanted: (stream: StreamName) => boolean) {
    this.log = log
    this.wanted = wanted
  }

  /**
   * Folds everything that was committed before this was called.
   * @param reads a transaction that has written nothing yet, where the reading must be part of it
   */
  refresh(reads: Reads = this.log): Promise<void> {
    // One after the other: two at once would read the same operations twice.
    const turn = this.line.then(() => this.catchUp(reads))
    this.line = turn.catch(() => undefined)
    return turn
  }

  programme(): Programme {
    const version = this.state.programmeVersion
    if (this.seen?.version !== version) this.seen = { version, programme: programmeOf(this.state) }
    return this.seen.programme
  }

  /** How much of a stream is in the state. */
  cursor(stream: StreamName): number {
    return this.cursors.get(stream) ?? 0
  }

  private async catchUp(reads: Reads): Promise<void> {
    for (const [stream, head] of await reads.heads()) {
      if (!this.wanted(stream)) continue
      let cursor = this.cursor(stream)
      while (cursor < head) {
        const rows = await reads.operations(stream, cursor, head, foldedAtOnce)
        fold(this.state, rows.map(({ device, n, at, kind, body }): Operation =>
          ({ device, n, at, stream, kind, body: body === null ? null : JSON.parse(body) as unknown })))
        cursor = rows.at(-1)?.seq ?? head
        this.cursors.set(stream, cursor)
        await new Promise(setImmediate)
      }
    }
  }
}
