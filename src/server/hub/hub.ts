import { gzipSync } from 'node:zlib'
import type { StreamName } from '../../domain/operation'
import type { Role } from '../../domain/role'
import type { DeviceRecord, Log, NewDevice } from '../log/log'
import { LogBusy } from '../log/log'
import { Refusal } from '../refusal'
import type { Folded } from '../reports/folded'
import type { Notifier } from '../sync/notifier'
import { Directory } from './directory'
import type { Epoch } from './epoch'
import type { Turned } from './loop'
import { Loop } from './loop'
import { Pull } from './pull'
import { Relay } from './relay'
import type { Fetch } from './upstream'
import { Unreachable, Upstream, UpstreamRefusal } from './upstream'

export interface HubPorts {
  log: Log
  notifier: Notifier
  plan: Folded
  epoch: Epoch
  /** `https://city.example.org` */
  origin: string
  /** This hub's at the city. */
  token: string
  role: Role
  venue: string | undefined
  fetch: Fetch
  now(): number
  random(): number
  /** For whoever looks after this machine: one line when upstream is lost, and one when it is found again. */
  say(line: string): void
}

/** A server in the park, between phones and the city's: what makes it more than a log (docs/hub.md). */
export class Hub {
  readonly upstream: Upstream
  private readonly ports: HubPorts
  private readonly directory: Directory
  private readonly pull: Pull
  private readonly pulling: Loop
  private readonly relaying: Loop
  private trouble: string | undefined

  constructor(ports: HubPorts) {
    this.ports = ports
    const { origin, fetch, random } = ports
    this.upstream = new Upstream(origin, fetch)
    const upstream = this.upstream
    this.directory = new Directory({ ...ports, upstream })
    this.pull = new Pull({ ...ports, upstream, directory: this.directory })
    this.pulling = new Loop(async (stop) => this.tell(await this.pull.turn(stop).catch(failed), stop), random)
    const relay = new Relay({ ...ports, upstream, otherLog: () => this.pull.readDirectory() })
    this.relaying = new Loop((stop) => relay.turn(stop).catch(failed), random)
  }

  async start(): Promise<void> {
    await this.pull.remember()
    this.pulling.start()
    this.relaying.start()
  }

  async stop(): Promise<void> {
    await Promise.all([this.pulling.stop(), this.relaying.stop()])
  }

  /** Somebody brought something. */
  arrived(): void {
    this.relaying.wake()
  }

  /** This server's time until which its picture of a stream has all that the city had, in milliseconds. */
  knownUntil(stream: StreamName): number {
    return this.pull.knownUntil(stream)
  }

  /**
   * A device whose token is not known here: the city is asked who has joined lately.
   * @throws Unreachable when it can't be asked
   */
  async find(tokenHash: string): Promise<DeviceRecord | undefined> {
    await this.learn()
    return this.ports.log.deviceByToken(tokenHash)
  }

  /**
   * Asks the city who has joined lately.
   * @throws Unreachable when it can't be asked
   */
  async learn(): Promise<void> {
    await this.directory.readNew().catch(passing)
  }

  /** Whoever joined by way of this hub is known here at once. */
  async meet(device: Omit<NewDevice, 'invite'>): Promise<void> {
    await this.ports.log.write((transaction) => transaction.hub.meetDevice({ ...device, invite: null, frozen: false }))
  }

  private tell(turned: Turned, stop: AbortSignal): Turned {
    const trouble = typeof turned === 'object' && 'failed' in turned ? turned.failed.message : undefined
    if (trouble !== this.trouble && !stop.aborted) this.ports.say(trouble ?? `${this.upstream.origin} is reached`)
    this.trouble = trouble
    return turned
  }
}

/** What goes wrong in a turn ends that turn; a fault of our own is written to the log. */
function failed(error: unknown): Turned {
  if (!(error instanceof LogBusy || error instanceof Refusal || error instanceof UpstreamRefusal)) console.error(error)
  return { failed: error instanceof Error ? error : new Error(String(error)) }
}

/** The city said no to the hub itself: for the phone that asks, it is as good as not there. */
function passing(error: unknown): never {
  throw error instanceof UpstreamRefusal ? new Unreachable(error.message) : error
}

/** `fetch` of Node, with what is worth it packed: a park's network is thin. */
export const networkFetch: Fetch = (url, { body, headers, ...init }) => {
  const packed = typeof body === 'string' && body.length > 1_024 ? gzipSync(body) : undefined
  return fetch(url, { ...init, body: packed ?? body, headers: { ...headers as Record<string, string>, ...(packed && { 'Content-Encoding': 'gzip' }) } })
}
