import type { DeviceId, StreamName } from '../../domain/operation'
import type { SyncResponse } from '../../protocol/sync'
import type { Log, Reads } from '../log/log'
import { Refusal } from '../refusal'
import type { Line, Tail } from './tail'
import { lineOf } from './tail'

/** What a request wants of one stream: everything after a cursor, without what it says it has. */
export interface Want {
  stream: StreamName
  cursor: number
  have?: Readonly<Record<DeviceId, number>>
}

/** One stream's share of an answer; operations are JSON already, because their bodies are stored as JSON. */
export interface Part {
  from: number
  head: number
  ops: string[]
}

export interface Found {
  streams: Map<StreamName, Part>
  /** Some were left out, for another request. */
  more: boolean
}

export type Answer = Omit<SyncResponse, keyof Found> & Found

/** Rows read at a time while looking for what somebody at another server has not; between them others get their turn. */
const rowsAtOnce = 2_000

/**
 * What is new in the streams wanted, in the order in which they were asked for, at most `max` operations.
 * @throws Refusal `epoch` for a cursor past the end: it was taken from a log that this one is not
 */
export async function readStreams(
  log: Log, tail: Tail, asker: DeviceId, wants: readonly Want[], max: number, epoch: string,
): Promise<Found> {
  const streams = new Map<StreamName, Part>()
  let left = max
  let more = false
  const heads = await log.heads(wants.map(({ stream }) => stream))
  for (const want of wants) {
    const head = heads.get(want.stream) ?? 0
    if (want.cursor > head) {
      throw new Refusal('epoch', `${want.stream} ends at ${head}, the cursor is ${want.cursor}`, { epoch })
    }
    if (!want.have && want.cursor === head) continue
    if (left === 0) {
      more = true
      continue
    }
    const found = want.have
      ? await readMissing(log, want.stream, want.cursor, want.have, head, left)
      : await readAfter(log, tail, epoch, want, head, left)
    left -= found.lines.length
    more ||= found.more
    const from = want.have ? 1 : want.cursor + 1
    streams.set(want.stream, { from, head, ops: found.lines.map((line) => written(line, asker)) })
  }
  return { streams, more }
}

interface Lines {
  lines: Line[]
  more: boolean
}

async function readAfter(log: Log, tail: Tail, epoch: string, { stream, cursor }: Want, head: number, limit: number): Promise<Lines> {
  const lines = await tail.read(log, epoch, stream, cursor, head, limit)
  return { lines, more: cursor + lines.length < head }
}

async function readMissing(
  log: Reads, stream: StreamName, cursor: number, have: Readonly<Record<DeviceId, number>>, head: number, limit: number,
): Promise<Lines> {
  const lines: Line[] = []
  for (let after = cursor; after < head; after += rowsAtOnce) {
    for (const row of await log.operations(stream, after, Math.min(after + rowsAtOnce, head), rowsAtOnce)) {
      if (row.n <= (have[row.device] ?? 0)) continue
      if (lines.length === limit) return { lines, more: true }
      lines.push(lineOf(row))
    }
  }
  return { lines, more: false }
}

/** To its writer an operation goes as its number alone. */
function written({ device, n, text }: Line, asker: DeviceId): string {
  return device === asker ? `["${device}",${n}]` : text
}

/** The answer as it travels. */
export function writeAnswer({ streams, more, ...rest }: Answer): string {
  const parts = [...streams].map(([stream, { from, head, ops }]) =>
    `${JSON.stringify(stream)}:{"from":${from},"head":${head},"ops":[${ops.join(',')}]}`)
  return `${JSON.stringify(rest).slice(0, -1)},"streams":{${parts.join(',')}},"more":${more}}`
}
