import type { DeviceId, StreamName } from '../../domain/operation'
import { grantsOf } from '../../domain/role'
import { grantCovers } from '../../domain/stream'
import { maxAnswer, maxOperations, maxWait } from '../../protocol/limits'
import type { CheckedSyncRequest } from '../../protocol/sync'
import type { DeviceRecord, Log } from '../log/log'
import { Refusal } from '../refusal'
import type { Rank } from './accept'
import { Fork, Gap, accept } from './accept'
import type { Answer, Found, Want } from './answer'
import { readStreams } from './answer'
import type { Leases } from './leases'
import type { Notifier } from './notifier'
import { Tail } from './tail'
import type { BroughtBatch, CheckedBatch, Verifier } from './verify'

/** What a server with another above it adds to an exchange. */
interface Between {
  /** Something was stored that has to be passed on. */
  arrived(): void
  /** Asks upstream who has joined lately. */
  learn(): Promise<void>
  /** Milliseconds of this server's clock: all that upstream had then of this stream is here. */
  knownUntil(stream: StreamName): number
}

export interface SyncPorts {
  log: Log
  notifier: Notifier
  verifier: Verifier
  leases: Leases
  /** Undefined at the topmost server. */
  hub: Between | undefined
  /** Of this log; asked for anew at each use, because a hub may take another. */
  epoch(): string
  /** The server's clock, in milliseconds. */
  now(): number
}

/**
 * One exchange of protocol.md's "Sync", without HTTP: first what is brought is stored, then what is wanted is read, and with `wait` and
 * nothing to say it waits for news.
 */
export class Sync {
  private readonly ports: SyncPorts
  private readonly tail = new Tail()

  constructor(ports: SyncPorts) {
    this.ports = ports
  }

  /**
   * @param asker the device whose token it was
   * @param gone aborts when nobody waits for the answer any more
   * @throws Refusal; then nothing of the request is stored
   */
  async exchange(asker: DeviceRecord, request: CheckedSyncRequest, gone: AbortSignal): Promise<Answer> {
    const epoch = this.ports.epoch()
    if (request.epoch !== null && request.epoch !== epoch) throw new Refusal('epoch', 'this log has another epoch', { epoch })
    const wants = wantsOf(request)
    this.checkGranted(asker, wants)
    await this.take(request.batches)
    await this.hearOf(request.have)
    // After what was brought, because that is what places were used for; before the reading, so that a grant comes with this answer.
    // At a hub nobody is granted any: two that share out the same places would share out too many.
    if (!this.ports.hub) await this.ports.leases.settle(asker, request.leases)

    const devices = [...new Set([asker.device, ...request.batches.map(({ device }) => device)])]
    // Whoever brings something is waiting to hear that it is safe.
    const wait = request.batches.length > 0 ? 0 : Math.min(request.wait, maxWait) * 1_000
    const max = Math.min(request.max ?? maxAnswer, maxAnswer)
    return this.answer(devices, wants, await this.readOrWait(asker.device, wants, max, wait, gone))
  }

  private async readOrWait(asker: DeviceId, wants: readonly Want[], max: number, wait: number, gone: AbortSignal): Promise<Found> {
    const { log, notifier, epoch, now } = this.ports
    const until = now() + wait
    for (;;) {
      // A revocation is written to `control`, and is heard whatever was asked for.
      const bell = notifier.listen([...wants.map(({ stream }) => stream), 'control'])
      try {
        const found = await readStreams(log, this.tail, asker, wants, max, epoch())
        const left = until - now()
        if (found.streams.size > 0 || left <= 0 || gone.aborted || notifier.closed) return found
        await bell.rung(left, gone)
      } finally {
        bell.stop()
      }
      await this.checkStillWelcome(asker)
    }
  }

  private async take(batches: readonly BroughtBatch[]): Promise<void> {
    if (batches.length === 0) return
    const { log, notifier, hub, now } = this.ports
    const rank: Rank = hub ? 'hub' : 'topmost'
    const count = batches.reduce((sum, { ops }) => sum + ops.length, 0)
    if (count > maxOperations) throw new Refusal('too-large', `${count} operations, at most ${maxOperations} in one request`)
    const checked = await this.verify(batches)
    try {
      notifier.publish(await log.write((transaction) => accept(transaction, checked, now(), rank)))
      hub?.arrived()
    } catch (error) {
      if (error instanceof Fork) await log.write((transaction) => transaction.freeze(error.device))
      if (error instanceof Gap) await log.write((transaction) => transaction.noteKnown(error.device, error.known))
      throw error
    }
  }

  /** A hub may not have heard yet of whoever wrote it: then the city is asked. */
  private async verify(batches: readonly BroughtBatch[]): Promise<CheckedBatch[]> {
    const { log, verifier, hub } = this.ports
    return verifier.verify(log, batches).catch(async (error: unknown) => {
      if (!hub || !(error instanceof Refusal) || error.code !== 'unknown-device') throw error
      await hub.learn()
      return verifier.verify(log, batches)
    })
  }

  /** What a phone received at another server tells which operations are still on their way to this one. */
  private async hearOf(have: CheckedSyncRequest['have']): Promise<void> {
    const held = new Map<DeviceId, number>()
    for (const [device, n] of Object.values(have).flatMap(Object.entries<number>)) held.set(device, Math.max(n, held.get(device) ?? 0))
    if (held.size === 0) return
    const { log } = this.ports
    const news = (await log.devices([...held.keys()].sort())).filter(({ device, known }) => known < (held.get(device) ?? 0))
    if (news.length === 0) return
    await log.write(async (transaction) => {
      for (const { device } of news) await transaction.noteKnown(device, held.get(device) ?? 0)
    })
  }

  private checkGranted({ role, venue }: DeviceRecord, wants: readonly Want[]): void {
    const { read } = grantsOf(role, venue ?? undefined)
    for (const { stream } of wants) {
      if (read.some((grant) => grantCovers(grant, stream))) continue
      throw new Refusal('stream-not-granted', `${role} may not read ${stream}`, { stream })
    }
  }

  /** Whoever was revoked while waiting hears that, and nothing else. */
  private async checkStillWelcome(device: DeviceId): Promise<void> {
    const [record] = await this.ports.log.devices([device])
    if (!record || record.revokedAfter !== null) throw new Refusal('device-revoked', 'revoked while it waited')
  }

  private async answer(ids: readonly DeviceId[], wants: readonly Want[], found: Found): Promise<Answer> {
    const { log, hub, now } = this.ports
    // Before what it says: a later epoch must not be told what an earlier one had acknowledged.
    const epoch = this.ports.epoch()
    const devices = await log.devices(ids)
    const accepted = Object.fromEntries(devices.map((device) => [device.device, device.accepted]))
    const root = hub ? Object.fromEntries(devices.map((device) => [device.device, Math.min(device.accepted, device.root)])) : accepted
    const known = hub && Object.fromEntries(wants.map(({ stream }) => [stream, hub.knownUntil(stream)]))
    return { v: 1, epoch, now: now(), accepted, root, quarantined: await log.quarantined(ids), ...(known && { known }), ...found }
  }
}

/** A stream named in both ways is compared from the cursor on: what lies before it was received there once. */
function wantsOf({ cursors, have }: CheckedSyncRequest): Want[] {
  return [
    ...Object.entries(cursors).filter(([stream]) => !Object.hasOwn(have, stream)).map(([stream, cursor]) => ({ stream, cursor })),
    ...Object.entries(have).map(([stream, held]) => ({ stream, cursor: cursors[stream] ?? 0, have: held })),
  ]
}
