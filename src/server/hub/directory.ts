import * as v from 'valibot'
import { roles } from '../../domain/role'
import { publicKeySchema } from '../../protocol/join'
import type { PublicKey } from '../../protocol/signature'
import type { Log, Transaction } from '../log/log'
import { cutsIn } from '../sync/cuts'
import type { Epoch } from './epoch'
import { rise } from './rise'
import type { Upstream } from './upstream'

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))

/** `GET /api/hub/devices`: who has joined, as a hub has to know it without a network. */
const directorySchema = v.object({
  epoch: v.string(),
  devices: v.array(v.object({
    device: v.string(),
    key: v.pipe(publicKeySchema, v.transform((key): PublicKey => key)),
    name: v.string(),
    role: v.picklist(roles),
    venue: v.nullable(v.string()),
    label: v.string(),
    /** Hexadecimal SHA-256 of its token; the city's own device has none. */
    token: v.nullable(v.string()),
    /** In milliseconds. */
    joined: count,
    accepted: count,
    frozen: v.boolean(),
  })),
})
/** As the city gives it. */
export type HubDirectory = v.InferOutput<typeof directorySchema>

/** Joins are committed in any order: whoever joined so long before the last one known is asked for again. In milliseconds. */
const overlap = 10 * 60_000
/** Milliseconds from one look for a token that nobody knows to the next: it may be a wrong one, and come again and again. */
const leastBetween = 1_000

interface Ports {
  log: Log
  upstream: Upstream
  token: string
  epoch: Epoch
  now(): number
}

/** Who has joined, kept so that phones are served while the city can't be reached; and which log the city has, because it says so too. */
export class Directory {
  private readonly ports: Ports
  private looking: Promise<void> | undefined
  private looked = -Infinity
  /** By the city's clock, when the last of those that it told of joined. */
  private latest = 0

  constructor(ports: Ports) {
    this.ports = ports
  }

  /**
   * Learns of everybody. Where upstream has become another log, cursors and roots are dropped in the same transaction, and this log's epoch
   * is another: phones then hear anew what is where.
   * @throws Unreachable, UpstreamRefusal
   */
  async readAll(signal?: AbortSignal): Promise<void> {
    const { log, epoch } = this.ports
    const directory = await this.ask('', signal)
    const renewed = await log.write(async (transaction) => {
      const isAnother = await transaction.meta('upstreamEpoch') !== directory.epoch
      if (isAnother) {
        await transaction.hub.forgetUpstream()
        await transaction.setMeta('upstreamEpoch', directory.epoch)
      }
      await take(transaction, directory)
      return isAnother ? epoch.renew(transaction) : undefined
    })
    if (renewed !== undefined) epoch.current = renewed
  }

  /**
   * Learns of those who joined lately; one look at a time, and not too often.
   * @throws Unreachable, UpstreamRefusal
   */
  readNew(): Promise<void> {
    this.looking ??= this.lookForNew().finally(() => { this.looking = undefined })
    return this.looking
  }

  private async lookForNew(): Promise<void> {
    const { log, now } = this.ports
    const early = this.looked + leastBetween - now()
    if (early > 0) await new Promise<void>((resolve) => { setTimeout(resolve, early) })
    this.looked = now()
    const directory = await this.ask(`?since=${Math.max(0, this.latest - overlap)}`)
    if (await log.meta('upstreamEpoch') !== directory.epoch) return this.readAll()
    await log.write((transaction) => take(transaction, directory))
  }

  private async ask(query: string, signal?: AbortSignal): Promise<HubDirectory> {
    const { upstream, token } = this.ports
    const directory = await upstream.ask({ method: 'GET', path: `/api/hub/devices${query}`, token, schema: directorySchema, signal })
    this.latest = directory.devices.reduce((most, { joined }) => Math.max(most, joined), this.latest)
    return directory
  }
}

async function take(transaction: Transaction, { devices }: HubDirectory): Promise<void> {
  const known = new Map((await transaction.devices()).map((record) => [record.device, record]))
  const inOrder = devices.toSorted((a, b) => a.device < b.device ? -1 : 1)
  for (const { token, accepted, ...device } of inOrder) {
    await transaction.hub.meetDevice({ ...device, invite: null, tokenHash: token })
    if (accepted > (known.get(device.device)?.root ?? 0)) await rise(transaction, device.device, accepted)
  }
  // Whoever was met only now may have been revoked before.
  if (inOrder.some(({ device }) => !known.has(device))) await transaction.setCuts(await cutsIn(transaction))
}
