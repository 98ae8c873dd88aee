import type { StreamName } from '../domain/operation'
import type { StreamPart, SyncResponse } from '../protocol/sync'
import type { Row } from './page'
import type { Received } from './replica'

/** The cursors that were asked with; undefined for a stream that was asked for by what is here (`have`). */
export type Asked = ReadonlyMap<StreamName, number | undefined>

/**
 * What an answer brings, stream by stream; undefined when it is not an answer to what was asked (a stream that was not wanted, a hole before
 * its first operation, somebody else's operation without its body): nothing of such an answer is kept.
 */
export function readParts(answer: SyncResponse, asked: Asked, device: string): Received[] | undefined {
  const parts: Received[] = []
  if (Object.keys(answer.streams).some((stream) => !asked.has(stream))) return undefined
  for (const [stream, cursor] of asked) {
    const part = answer.streams[stream]
    if (part) {
      const rows = rowsOf(part, device)
      if (!rows || (cursor !== undefined && !follows(part, cursor))) return undefined
      const next = cursor === undefined ? (answer.more ? undefined : part.head) : cursor + part.ops.length
      parts.push({ stream, asked: cursor, rows, cursor: next, knownUntil: next === part.head ? knownUntil(answer, stream) : undefined })
    } else if (!answer.more) {
      // Left out: nothing new, so it is known up to now.
      parts.push({ stream, asked: cursor, rows: [], cursor, knownUntil: knownUntil(answer, stream) })
    }
  }
  return parts
}

/** With all that this server has of a stream: up to now, or up to when a hub had all that the city has. */
function knownUntil({ now, known }: SyncResponse, stream: StreamName): number | undefined {
  if (known === undefined) return now
  const until = known[stream] ?? 0
  return until > 0 ? Math.min(now, until) : undefined
}

function follows({ from, head, ops }: StreamPart, cursor: number): boolean {
  return from === cursor + 1 && cursor + ops.length <= head
}

/** Own operations come back as `[device, n]` alone: they are in the outbox, so they need no row. */
function rowsOf({ ops }: StreamPart, device: string): Row[] | undefined {
  const rows: Row[] = []
  for (const operation of ops) {
    if (operation.length === 5) {
      const [writer, n, at, kind, body] = operation
      rows.push([writer, n, at, kind, body ?? null])
    } else if (operation[0] !== device) return undefined
  }
  return rows
}
