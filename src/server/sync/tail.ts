import type { DeviceId, StreamName } from '../../domain/operation'
import { parseStream } from '../../domain/stream'
import type { Log, StoredOperation } from '../log/log'

/** An operation as it travels to everybody but its writer. */
export interface Line {
  device: DeviceId
  n: number
  text: string
}

type Source = Pick<Log, 'operations' | 'wire'>

/** Operations in one piece: a fraction of an answer, and few enough to be copied when the newest piece grows. */
const pieceSize = 500
/** Pieces held, of all streams together: some 16 MB, and more than a day of a busy venue. */
const mostPieces = 100

/**
 * The operations that were asked for last, as they travel. When two hundred phones come back they all ask for the same; so each operation is
 * read and written as JSON once, and not once for each of them.
 *
 * What is stored at a place of a stream never changes within an epoch; but for what a roster says of people, which may be blanked, so rosters
 * are always read from the log. So is a log that other processes write to: it may be set back behind this one's back, by a standby
 * that takes over.
 */
export class Tail {
  /** By epoch, stream and number; least recently used first. */
  private readonly pieces = new Map<string, Promise<readonly Line[]>>()

  /** Operations with `after < seq <= upTo`, in their order, at most `limit`; `upTo` is at most the stream's head. */
  async read(log: Source, epoch: string, stream: StreamName, after: number, upTo: number, limit: number): Promise<Line[]> {
    if (log.wire || parseStream(stream)?.class === 'roster') return (await log.operations(stream, after, upTo, limit)).map(lineOf)
    const until = Math.min(upTo, after + limit)
    const lines: Line[] = []
    for (let seq = after; seq < until;) {
      const index = Math.floor(seq / pieceSize)
      const piece = await this.piece(log, epoch, stream, index, until)
      const start = index * pieceSize
      for (const line of piece.slice(seq - start, until - start)) lines.push(line)
      seq = start + pieceSize
    }
    return lines
  }

  /** One piece, as far as `until` at least. Whoever asks while it is read waits for the same reading. */
  private piece(log: Source, epoch: string, stream: StreamName, index: number, until: number): Promise<readonly Line[]> {
    const key = `${epoch}/${stream}/${index}`
    const piece = (this.pieces.get(key) ?? Promise.resolve([])).then(async (lines) => {
      const start = index * pieceSize
      const end = Math.min(until, start + pieceSize)
      if (start + lines.length >= end) return lines
      return [...lines, ...(await log.operations(stream, start + lines.length, end, pieceSize)).map(lineOf)]
    })
    this.pieces.delete(key)
    this.pieces.set(key, piece)
    // What could not be read is asked for again.
    piece.catch(() => this.pieces.delete(key))
    const [oldest] = this.pieces.keys()
    if (this.pieces.size > mostPieces && oldest !== undefined) this.pieces.delete(oldest)
    return piece
  }
}

export function lineOf(row: StoredOperation): Line {
  return { device: row.device, n: row.n, text: writeOperation(row) }
}

/** An operation as it travels, in answers and in the pages of snapshots. */
export function writeOperation({ device, n, at, kind, body }: StoredOperation): string {
  return `["${device}",${n},${at},${JSON.stringify(kind)},${body ?? 'null'}]`
}
