import type { DeviceId } from '../../domain/operation'
import { syncResponseSchema } from '../../protocol/sync'
import type { Log } from '../log/log'
import type { SignedBatch } from './batches'
import { batchesFrom, fitting } from './batches'
import type { Epoch } from './epoch'
import type { Turned } from './loop'
import { rise } from './rise'
import type { Upstream } from './upstream'
import { Unreachable, UpstreamRefusal } from './upstream'

/** Milliseconds between two looks for something to pass on; what comes in by this process wakes it at once. */
const interval = 5_000
/** Devices looked at in one turn: a whole park. */
const devicesAtOnce = 500
/** Milliseconds for which a device's batches are left where they are when upstream would not take them. */
const refusedFor = 10 * 60_000

interface Ports {
  log: Log
  upstream: Upstream
  token: string
  epoch: Epoch
  /** Upstream is another log: somebody must ask as which. */
  otherLog(): void
  now(): number
}

/**
 * Passes on what phones have brought, as they signed it. What upstream will not take of one device stays here and stops nobody else's; the
 * phone itself brings it wherever it goes.
 *
 *   gap                 upstream has less than it said: from there on once more
 *   fork                that device is frozen here too
 *   anything else about one device   its batches are left here for a while
 *   epoch               the directory is read anew
 *   413                 half as many batches a request
 *   everything else     try again later
 */
export class Relay {
  private readonly ports: Ports
  /** Devices that upstream refused, and until when they are left alone. */
  private readonly refused = new Map<DeviceId, number>()
  /** Batches in one request: halved when it was too much, doubled when it went through. */
  private limit = Infinity

  constructor(ports: Ports) {
    this.ports = ports
  }

  async turn(stop: AbortSignal): Promise<Turned> {
    const { log, upstream, token } = this.ports
    const epoch = await log.meta('upstreamEpoch')
    const batches = await this.next()
    if (batches === 'released') return 'again'
    if (batches.length === 0) return { rest: interval }
    try {
      const answer = await upstream.ask({
        method: 'POST', path: '/api/sync', token, schema: syncResponseSchema, signal: stop,
        json: `{"v":1,"epoch":${JSON.stringify(epoch)},"batches":[${batches.map(({ json }) => json).join(',')}]}`,
      })
      if (answer.epoch !== epoch) return this.otherLog()
      if (batches.some(({ device, until }) => (answer.accepted[device] ?? 0) < until)) throw new Unreachable('upstream does not say that it has what it was sent')
      await this.acknowledge(epoch, batches, answer.accepted)
      this.limit *= 2
      return 'again'
    } catch (error) {
      if (!(error instanceof UpstreamRefusal)) throw error
      return await this.meet(error, batches)
    }
  }

  /** What fits into one request; `released` when something can't be passed on as it was signed, and its phone was asked for it again. */
  private async next(): Promise<SignedBatch[] | 'released'> {
    const { log, now } = this.ports
    for (const [device, until] of this.refused) if (until <= now()) this.refused.delete(device)
    const batches: SignedBatch[] = []
    const broken: { device: DeviceId; root: number }[] = []
    for (const { device, root, accepted } of await log.hub.unrelayed(devicesAtOnce, [...this.refused.keys()])) {
      const found = await batchesFrom(log, device, root, accepted)
      batches.push(...found.batches)
      if (!found.whole && found.batches.length === 0) broken.push({ device, root })
      if (fitting(batches).length < batches.length) break
    }
    if (broken.length > 0) await this.release(broken)
    return broken.length > 0 ? 'released' : fitting(batches).slice(0, Math.max(1, this.limit))
  }

  /**
   * Upstream had it, so that it could be blanked here; then upstream was set back. Whoever wrote it has blanked it as well, signs it so and brings
   * it again: under a new epoch phones hear that it is not here any more.
   */
  private async release(broken: readonly { device: DeviceId; root: number }[]): Promise<void> {
    const { log, epoch } = this.ports
    epoch.current = await log.write(async (transaction) => {
      for (const { device, root } of broken) await transaction.hub.release(device, root)
      return epoch.renew(transaction)
    })
  }

  private async acknowledge(epoch: string | undefined, batches: readonly SignedBatch[], accepted: Readonly<Record<DeviceId, number>>): Promise<void> {
    const devices = [...new Set(batches.map(({ device }) => device))].sort()
    await this.ports.log.write(async (transaction) => {
      if (await transaction.meta('upstreamEpoch') !== epoch) return
      await transaction.lockDevices(devices)
      for (const device of devices) await rise(transaction, device, accepted[device] ?? 0)
    })
  }

  private async meet(refusal: UpstreamRefusal, batches: readonly SignedBatch[]): Promise<Turned> {
    const { problem, status, retryAfter } = refusal
    const { code, need } = problem
    if (code === 'epoch') return this.otherLog()
    if (status === 413 && batches.length > 1) {
      this.limit = Math.floor(batches.length / 2)
      return 'again'
    }
    const about = status === 413 ? batches[0] : batches.find(({ device }) => device === problem.device)
    if (!about) return { failed: refusal, retryAfter }
    const { device, from } = about
    const { log, now } = this.ports
    if (code === 'gap' && need !== undefined && need < from) {
      await log.write((transaction) => transaction.hub.lowerRoot(device, need - 1))
      return 'again'
    }
    if (code === 'fork') await log.write((transaction) => transaction.freeze(device))
    this.refused.set(device, now() + refusedFor)
    return 'again'
  }

  private otherLog(): Turned {
    this.ports.otherLog()
    return { rest: interval }
  }
}
