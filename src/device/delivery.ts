import { syncResponseSchema, type SyncRequest } from '../protocol/sync'
import { backoff } from './backoff'
import type { CarriedBatch } from './courier'
import { ask, type Failure } from './http'
import type { KeptIdentity } from './identity'
import type { Obstacles } from './obstacles'
import type { View } from './replica'
import type { Keep, Turn } from './turn'

/** A batch of 512 KB on a bad network takes its time. */
const patience = 40_000
/** A refused batch is offered again so much later: another courier may have brought what it continues, or its writer may be known by then. */
const refusedPause = 10 * 60_000

/**
 * Brings what this phone carries for others, one batch a request, so that a refusal is about that one alone. Such a request asks for nothing else: a signed
 * batch can't be cut, and has all the room there is.
 */
export class Delivery {
  readonly #keep: Keep
  readonly #obstacles: Obstacles

  constructor(keep: Keep, obstacles: Obstacles) {
    this.#keep = keep
    this.#obstacles = obstacles
  }

  /** The next batch whose time has come. */
  next(): CarriedBatch | undefined {
    const { courier, memory, ports } = this.#keep
    return courier.of(memory.identity?.festival.id).find(({ id }) => (courier.aside.get(id)?.until ?? 0) <= ports.now())
  }

  async turn(carried: CarriedBatch, identity: KeptIdentity, view: View, signal?: AbortSignal): Promise<Turn> {
    const { courier, ports } = this.#keep
    const { batch } = carried
    const body: SyncRequest = { v: 1, epoch: view.epoch, batches: [batch], clock: ports.now() }
    const reply = await ask(ports, { path: '/api/sync', body, token: identity.token, schema: syncResponseSchema, timeout: patience, signal })
    if (!reply.ok) return this.#refused(carried, reply, view, signal)
    const { epoch, accepted, root } = reply.value
    if (epoch !== view.epoch) return this.#obstacles.otherEpoch(view, epoch)
    const last = batch.from + batch.ops.length - 1
    if ((accepted[batch.device] ?? 0) < last) return this.#layAside(carried, 'nonsense', refusedPause)
    if ((root[batch.device] ?? 0) < last) return this.#layAside(carried, 'halfway', refusedPause)
    await courier.delivered(carried)
    return { event: 'progress' }
  }

  /**
   * What is about this phone, or about the server, is met as ever; anything else may be about the batch, and must not hold up
   * the rest: this phone's own turn comes next, and tells whether there is a network.
   */
  #refused(carried: CarriedBatch, refusal: Failure, view: View, signal?: AbortSignal): Turn | Promise<Turn> {
    const { status, trouble, retryAfter } = refusal
    if (signal?.aborted) return { event: 'failed', trouble }
    const { random } = this.#keep.ports
    if (trouble === 'epoch' || trouble === 'device-revoked' || retryAfter !== undefined) return this.#obstacles.meet(refusal, view, undefined)
    if (status !== undefined) return this.#layAside(carried, status === 413 ? 'too-large' : trouble, refusedPause)
    const tries = this.#keep.courier.aside.get(carried.id)?.tries ?? 0
    return this.#layAside(carried, trouble, backoff(tries + 1, random()))
  }

  #layAside({ id }: CarriedBatch, why: NonNullable<Turn['trouble']> | 'halfway', pause: number): Turn {
    const { courier, ports } = this.#keep
    const tries = (courier.aside.get(id)?.tries ?? 0) + 1
    courier.aside.set(id, { why, until: ports.now() + pause, tries })
    return { event: 'progress', trouble: why === 'halfway' ? undefined : why }
  }
}
