import type { StreamName } from '../../domain/operation'
import type { Role } from '../../domain/role'
import { grantsOf } from '../../domain/role'
import { maxWait } from '../../protocol/limits'
import type { StreamPart } from '../../protocol/sync'
import { syncResponseSchema } from '../../protocol/sync'
import type { Log } from '../log/log'
import type { Folded } from '../reports/folded'
import type { Notifier } from '../sync/notifier'
import type { Row } from './adopt'
import { adopt } from './adopt'
import type { Directory } from './directory'
import type { Turned } from './loop'
import type { Upstream } from './upstream'
import { Unreachable, UpstreamRefusal } from './upstream'

/** Milliseconds after which everybody is asked for again: who froze, and how much of whom the city has. */
const directoryAge = 10 * 60_000
/** An answer without news that came sooner did not wait for any; then it is left alone for a while. In milliseconds. */
const atOnce = 1_000
const rest = 5_000

interface Ports {
  log: Log
  upstream: Upstream
  token: string
  /** Of this hub, at the city. */
  role: Role
  venue: string | undefined
  directory: Directory
  plan: Folded
  notifier: Notifier
  now(): number
}

/** One request, as far as its answer is understood by it. */
interface Asking {
  epoch: string | undefined
  asked: ReadonlyMap<StreamName, number | undefined>
  more: boolean
  sentAt: number
}

/** Reads upstream's programme, control and venues into this log, and waits for news of them. */
export class Pull {
  private readonly ports: Ports
  private directoryDue = -Infinity
  /** Per stream, this hub's time until which its picture is complete. */
  private readonly known = new Map<StreamName, number>()

  constructor(ports: Ports) {
    this.ports = ports
  }

  /** Milliseconds, this hub's clock; 0 for a stream that it has never read to its end. */
  knownUntil(stream: StreamName): number {
    return this.known.get(stream) ?? 0
  }

  /** What was known when this hub was stopped. */
  async remember(): Promise<void> {
    for (const [stream, { known }] of await this.ports.log.hub.pulled()) this.known.set(stream, known)
  }

  /** At the next turn. */
  readDirectory(): void {
    this.directoryDue = -Infinity
  }

  async turn(stop: AbortSignal): Promise<Turned> {
    try {
      return await this.ask(stop)
    } catch (error) {
      if (!(error instanceof UpstreamRefusal)) throw error
      if (error.problem.code !== 'epoch') return { failed: error, retryAfter: error.retryAfter }
      return this.otherLog()
    }
  }

  private async ask(stop: AbortSignal): Promise<Turned> {
    const { log, upstream, token, directory, now } = this.ports
    if (now() >= this.directoryDue) {
      await directory.readAll(stop)
      this.directoryDue = now() + directoryAge
    }
    const epoch = await log.meta('upstreamEpoch')
    const asked = await this.asked()
    const cursors = Object.fromEntries([...asked].filter(([, cursor]) => cursor !== undefined))
    const have: Record<string, Record<string, number>> = {}
    for (const [stream, cursor] of asked) if (cursor === undefined) have[stream] = Object.fromEntries(await log.hub.held(stream))
    const sentAt = now()
    const answer = await upstream.ask({
      method: 'POST', path: '/api/sync', token, schema: syncResponseSchema, wait: maxWait, signal: stop,
      json: JSON.stringify({ v: 1, epoch, cursors, have, clock: sentAt, wait: maxWait }),
    })
    if (answer.epoch !== epoch) return this.otherLog()
    for (const [stream, part] of Object.entries(answer.streams)) await this.save(stream, part, { epoch, asked, more: answer.more, sentAt })
    if (!answer.more) for (const stream of asked.keys()) if (!Object.hasOwn(answer.streams, stream)) this.known.set(stream, sentAt)
    const isNews = Object.keys(answer.streams).length > 0
    return isNews || now() - sentAt > atOnce ? 'again' : { rest }
  }

  /** Cursors; undefined for a stream that is asked for by what is here, because upstream is a log that this hub has not read. */
  private async asked(): Promise<Map<StreamName, number | undefined>> {
    const { log, plan, role, venue } = this.ports
    await plan.refresh()
    const venues = plan.programme().venues.map(({ id }) => id)
    const streams = grantsOf(role, venue).read.flatMap((grant) => grant.endsWith(':*') ? venues.map((id) => grant.slice(0, -1) + id) : grant)
    const pulled = await log.hub.pulled()
    const heads = await log.heads(streams)
    return new Map(streams.map((stream) => [stream, pulled.get(stream)?.cursor ?? (heads.has(stream) ? undefined : 0)]))
  }

  private async save(stream: StreamName, part: StreamPart, { epoch, asked, more, sentAt }: Asking): Promise<void> {
    const { log, notifier, directory } = this.ports
    const rows = rowsOf(part)
    const cursor = asked.get(stream)
    if (!asked.has(stream) || !rows || (cursor !== undefined && part.from !== cursor + 1)) throw new Unreachable('upstream answered something else than was asked')
    const next = cursor === undefined ? (more ? undefined : part.head) : cursor + rows.length
    const known = next === part.head ? sentAt : this.knownUntil(stream)
    const writers = [...new Set(rows.map(([device]) => device))]
    if ((await log.devices(writers)).length < writers.length) await directory.readNew()
    const grown = await log.write(async (transaction) => {
      // Another process on this log was faster, or upstream's log was left for another one meanwhile.
      const before = (await transaction.hub.pulled()).get(stream)?.cursor
      if ((before ?? 0) !== (cursor ?? 0) || await transaction.meta('upstreamEpoch') !== epoch) return false
      if (next !== undefined) await transaction.hub.setPulled(stream, { cursor: next, known })
      return adopt(transaction, stream, rows)
    })
    this.known.set(stream, known)
    if (grown) notifier.publish([stream])
  }

  /** Upstream was set back or replaced: the directory says as which log it goes on. */
  private otherLog(): Turned {
    this.readDirectory()
    this.known.clear()
    return { rest: atOnce }
  }
}

/** Undefined where something is a hub's own and has no body: a hub writes nothing. */
function rowsOf({ ops }: StreamPart): Row[] | undefined {
  const rows: Row[] = []
  for (const operation of ops) {
    if (operation.length !== 5) return undefined
    const [device, n, at, kind, body] = operation
    rows.push([device, n, at, kind, body ?? null])
  }
  return rows
}
