import type { DeviceId, StreamName } from '../domain/operation'
import { maxOperations } from '../protocol/limits'
import { wipe } from './erase'
import type { Failure } from './http'
import type { Parcel } from './outgoing'
import type { View } from './replica'
import type { Keep, Turn } from './turn'

/** So many obstacles may be removed in a row: a server that always finds another must not keep us busy. */
const mostMends = 10

/**
 * What the server may object to, and what is done about it: `progress` when it was removed and the next request can go at once.
 *
 *   gap                 send from where the server says
 *   epoch               drop the cursors; what is here is named to the server instead
 *   fork                that device writes nothing more; the present one must join again
 *   device-revoked      wipe what is about people
 *   413, too slow       half as many operations a request
 *   stream-not-granted  no longer ask for that stream
 *   anything about a former device's operations: leave them here, for an export, and go on
 *   429, 503            stay away for as long as asked
 *   everything else     try again later
 */
export class Obstacles {
  /** Operations in one request: halved when it was too much, doubled when it went through. */
  limit = maxOperations
  /** Streams that a device may no longer read, by device: after joining again they may be granted. */
  readonly #denied = new Map<DeviceId, Set<StreamName>>()

  readonly #keep: Keep
  #mends = 0

  constructor(keep: Keep) {
    this.#keep = keep
  }

  isDenied(device: DeviceId, stream: StreamName): boolean {
    return this.#denied.get(device)?.has(stream) ?? false
  }

  /** A request went through. */
  passed(): void {
    this.#mends = 0
    this.limit = Math.min(maxOperations, this.limit * 2)
  }

  async meet(refusal: Failure, view: View, parcel: Parcel | undefined): Promise<Turn> {
    const { trouble, status, problem, retryAfter } = refusal
    const writer = parcel?.identity.device
    if (status === 413) return this.#halve(parcel) ? this.#mended(trouble) : failed(refusal)
    if (retryAfter !== undefined && (status === 429 || status === 503)) return { event: 'held', trouble, retryAfter }
    switch (trouble) {
      case 'timeout':
        this.#halve(parcel)
        return failed(refusal)
      case 'gap':
        return writer !== undefined && problem?.need !== undefined ? this.#gap(writer, view, problem.need) : failed(refusal)
      case 'epoch':
        return problem?.epoch === undefined ? failed(refusal) : this.otherEpoch(view, problem.epoch)
      case 'fork':
        return this.fork(writer ?? view.device)
      case 'device-revoked':
        await wipe(this.#keep)
        return { event: 'refused', trouble }
      case 'stream-not-granted':
        if (typeof problem?.stream !== 'string') return failed(refusal)
        this.#denied.set(view.device, new Set(this.#denied.get(view.device)).add(problem.stream))
        return this.#mended(trouble)
      case 'unknown-device':
      case 'bad-signature':
        if (writer === undefined || writer === view.device) return failed(refusal)
        this.#keep.memory.stuck.add(writer)
        return this.#mended(trouble)
      default:
        return failed(refusal)
    }
  }

  /** Another log, or the same one set back: our cursors say nothing about it. */
  async otherEpoch({ device }: View, epoch: string): Promise<Turn> {
    await this.#keep.replica.look({ epoch, device }, 'anew')
    this.#keep.memory.stuck.clear()
    this.#keep.courier.reconsider()
    await this.#keep.memory.refresh()
    return this.#mended('epoch')
  }

  /** One `n` has two contents: this phone's storage was restored or copied. It goes on only as another device. */
  async fork(device: DeviceId): Promise<Turn> {
    const { memory, outbox } = this.#keep
    await outbox.mark(device, { frozen: true })
    await memory.refresh()
    return device === memory.identity?.device ? { event: 'refused', trouble: 'fork' } : this.#mended('fork')
  }

  async #gap(device: DeviceId, { epoch }: View, need: number): Promise<Turn> {
    const { memory, outbox } = this.#keep
    const accepted = need - 1
    const root = Math.min(accepted, memory.standingOf(device)?.root ?? 0)
    const noted = await outbox.acknowledge(device, { epoch, accepted, root, quarantined: [] }, 0, 'gap')
    await memory.refresh()
    return noted === 'ahead' ? this.fork(device) : this.#mended('gap')
  }

  #halve(parcel: Parcel | undefined): boolean {
    const sent = parcel?.operations.length ?? 0
    if (sent > 1) this.limit = Math.floor(sent / 2)
    return sent > 1
  }

  #mended(trouble: Turn['trouble']): Turn {
    this.#mends++
    return { event: this.#mends > mostMends ? 'failed' : 'progress', trouble }
  }
}

function failed({ trouble }: Failure): Turn {
  return { event: 'failed', trouble }
}
