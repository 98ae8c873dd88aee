import type { Operation, StreamName, TicketId } from '../domain/operation'
import { attendeeOf } from '../domain/attendees'
import { checkBody } from '../domain/kinds'
import type { Post } from '../domain/post'
import type { CheckInWay } from '../domain/state'
import { floorOf } from '../domain/stream'
import type { Scan, Verdict } from '../domain/verdict'
import { judge } from '../domain/verdict'
import { visitsOnDay } from '../domain/visits'
import { canonicalBytes } from '../protocol/canonical'
import { maxOperationBytes } from '../protocol/limits'
import type { Identity, RecordFault, RecordOutcome, ScanResult, ScanVerdict } from './api'
import type { Memory } from './memory'
import type { Outbox } from './outbox'
import type { Places } from './places'
import { StorageError } from './store'
import type { Keep } from './turn'

interface Draft {
  stream: StreamName
  kind: string
  body: unknown
}
interface Failure {
  ok: false
  fault: RecordFault
}

/**
 * Where operations are written: judged → appended → durable → folded → answered, one after the other. Two scans of one
 * code in a row meet here one by one, so the second finds the first; and a scan that was judged before another tab wrote
 * something is judged again.
 */
export class Recorder {
  readonly #memory: Memory
  readonly #outbox: Outbox
  readonly #places: Places
  readonly #written: () => void
  readonly #makeRoom: () => Promise<boolean>
  #queue: Promise<unknown> = Promise.resolve()

  /**
   * @param written called after an operation is durable and in the state, or something else that the server should hear
   * @param makeRoom called when the phone is full; says whether another try is worth it
   */
  constructor({ memory, outbox, places }: Pick<Keep, 'memory' | 'outbox' | 'places'>, written: () => void, makeRoom: () => Promise<boolean>) {
    this.#memory = memory
    this.#outbox = outbox
    this.#places = places
    this.#written = written
    this.#makeRoom = makeRoom
  }

  checkIn(post: Post, scan: Scan): Promise<ScanResult> {
    return this.#enqueue(async () => {
      const ticket = 'id' in scan ? scan.id : scan.reading.ticket?.id
      if (ticket !== undefined) await this.#memory.learn([ticket])
      const { festival } = this.#memory.programme()
      if (!festival) return { fault: 'not-joined' }
      const room = this.#places.roomAt(post)
      const places = room && this.#memory.places.version
      const verdict = judge(this.#memory.state, festival, post, scan, this.#memory.now(), room)
      if (verdict.kind === 'refused' && verdict.reason === 'no-place') void this.#places.turnedAway(post.id).then(this.#written)
      if (verdict.kind === 'refused' || verdict.kind === 'repeat') return this.#answer(post, verdict)
      const body = { post: post.id, ticket: verdict.ticket, by: scan.by }
      const outcome = await this.#append({ stream: floorOf(post.venue), kind: 'checkin', body }, places)
      if (outcome === 'behind') return outcome
      return outcome.ok ? this.#answer(post, verdict, outcome.operation) : outcome
    })
  }

  async admitAnyway(post: Post, ticket: TicketId, by: CheckInWay, override: string): Promise<ScanResult> {
    const outcome = await this.record(floorOf(post.venue), 'checkin', { post: post.id, ticket, by, override })
    if (!outcome.ok) return outcome
    const attendee = attendeeOf(this.#memory.state, ticket)
    return this.#answer(post, { kind: 'admitted', ticket, attendee }, outcome.operation)
  }

  async record(stream: StreamName, kind: string, body: unknown): Promise<RecordOutcome> {
    const check = checkBody({ stream, kind, body })
    if (!check.ok) throw new TypeError(check.detail)
    const { ticket } = body as { ticket?: unknown }
    return this.#enqueue(async () => {
      // What is written of somebody is later than what was known of them here, also by its clock.
      if (typeof ticket === 'string') await this.#memory.learn([ticket])
      return this.#append({ stream, kind, body })
    })
  }

  /** @param places the version of what is kept of places, where it was judged upon that */
  async #append(operation: Draft, places?: number): Promise<RecordOutcome | 'behind'> {
    const memory = this.#memory
    const { identity } = memory
    if (!identity) return { ok: false, fault: 'not-joined' }
    // `at` is a number of 16 digits at most.
    const size = canonicalBytes({ ...operation, at: Number.MAX_SAFE_INTEGER }).length
    if (size > maxOperationBytes) return { ok: false, fault: 'too-large' }
    const { device } = identity
    const { heard } = memory.picture
    const expected = memory.picture.lastNumber(device) + 1
    const write = () => this.#outbox.append({ device, operation, now: memory.now(), heard, expected, places })
    const result = await write().catch(async (error: unknown) => {
      if (!(error instanceof StorageError) || error.fault !== 'storage-full' || !await this.#makeRoom()) throw error
      return write()
    })
    if (result.ok) {
      memory.picture.addOwn(result.operation)
      // It was complete in a database that is gone by now: with what else is remembered it is put back before anybody hears that it is safe.
      if (memory.identity?.cleared) await memory.refresh()
      this.#written()
      return result
    }
    await memory.refresh()
    return result.why === 'behind' ? 'behind' : { ok: false, fault: whyNot(memory.identity) }
  }

  #answer(post: Post, verdict: Verdict, operation?: Operation): ScanVerdict {
    const memory = this.#memory
    return {
      verdict, operation,
      todayNumber: todayNumber(memory, post.id),
      knownUntil: memory.cursors.get(floorOf(post.venue))?.knownUntil,
    }
  }

  /** Runs in turn; once more as long as another tab has written in between. */
  #enqueue<T>(attempt: () => Promise<T | 'behind'>): Promise<T | Failure> {
    const turn = this.#queue.then(async () => {
      for (;;) {
        const outcome = await attempt()
        if (outcome !== 'behind') return outcome
      }
    }).catch((error: unknown): Failure => {
      if (error instanceof StorageError) return { ok: false, fault: error.fault }
      throw error
    })
    this.#queue = turn.catch(() => {})
    return turn
  }
}

function whyNot(identity: Identity | undefined): RecordFault {
  if (identity?.revoked) return 'device-revoked'
  if (identity?.frozen) return 'device-frozen'
  return identity?.cleared ? 'device-cleared' : 'not-joined'
}

/** 人次 at a post on the present day. */
export function todayNumber(memory: Memory, post: string): number {
  const { festival } = memory.programme()
  return festival ? visitsOnDay(memory.state, post, memory.now(), festival.timeZone) : 0
}
