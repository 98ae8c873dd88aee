import { millisecondsOf } from '../../domain/clock'
import { callsAt, freePlaces, heldOf, leasesOf, placesLeft, shareOf } from '../../domain/lease'
import type { Gone } from '../../domain/lease'
import { compareSources } from '../../domain/operation'
import { postOf } from '../../domain/post'
import { grantsOf } from '../../domain/role'
import type { Lease, State } from '../../domain/state'
import { floorOf, grantCovers } from '../../domain/stream'
import type { CheckedPlacesRequest } from '../../protocol/sync'
import type { DeviceRecord, Log, Reads } from '../log/log'
import { Folded } from '../reports/folded'
import type { Notifier } from './notifier'
import type { OwnDevice, Saying } from './ownDevice'

/** A phone works at one post, and gives back at those it left; more than this is nobody's shift. */
const activitiesHeard = 16
/** So many unused places nobody needs: ten minutes of a gate where somebody comes every six seconds. */
const mostWanted = 100
/** A phone with a network answers news within a second or two; one that called and is gone must not keep places from the others. In milliseconds. */
const callLasts = 30_000

interface LeasePorts {
  log: Log
  notifier: Notifier
  own: OwnDevice
  /** `programme` and `control`, kept warm. */
  plan: Folded
  /** The floors, kept warm. */
  record: Folded
  /** The server's clock, in milliseconds. */
  now(): number
}

type Wish = CheckedPlacesRequest[string]

/**
 * Grants places of activities to phones, and writes down what they give back (docs/server.md, "Places").
 *
 * Whether there is something to write is looked at first without holding anything, because most requests ask for what they have or for what nobody
 * has. Then it is decided: in one transaction, holding the row of the server's own device and the stream `control`, upon what is read
 * after both are held. So no two processes on one log grant the same place, and no organiser's hand comes between.
 */
export class Leases {
  private readonly ports: LeasePorts
  /** Read in those transactions alone, and through them: a connection more would be one that others may be waiting with. */
  private readonly books: Folded

  constructor(ports: LeasePorts) {
    this.ports = ports
    this.books = new Folded(ports.log, (stream) => stream === 'programme' || stream === 'control')
  }

  /** Answers what a request says of places. What it grants stands in `control`, like everything else that is so. */
  async settle(asker: DeviceRecord, asked: CheckedPlacesRequest): Promise<void> {
    const wishes = Object.entries(asked).slice(0, activitiesHeard)
    if (wishes.length === 0) return
    const { log, notifier, own, plan, record, now } = this.ports
    await Promise.all([plan.refresh(), record.refresh()])
    if ((await this.sayings(asker, wishes, plan, log)).length === 0) return
    notifier.publish(await log.write(async (transaction) => {
      await transaction.lockDevices([own.device])
      await transaction.advance('control', 0)
      await this.books.refresh(transaction)
      return own.write(transaction, await this.sayings(asker, wishes, this.books, transaction), now())
    }))
  }

  private async sayings(asker: DeviceRecord, wishes: readonly [string, Wish][], plan: Folded, reads: Reads): Promise<Saying[]> {
    const all = await Promise.all(wishes.map(async ([activity, wish]) => {
      const back = this.returned(asker, activity, wish, plan.state)
      // What comes back now is shared out from the next request on.
      return back.length > 0 ? back : this.granted(asker, activity, wish, plan, reads)
    }))
    // Two wishes under one number would be two leases under one id.
    const once = new Map(all.flat().map((saying) => [saying.kind + (saying.body as { id: string }).id, saying]))
    return [...once.values()]
  }

  /** What was promised never to be used, and is still out. The promise is a total, so hearing it again brings nothing more. */
  private returned(asker: DeviceRecord, activity: string, { keep }: Wish, plan: State): Saying[] {
    return leasesOf(plan, activity, asker.device).flatMap((lease) => {
      const places = Object.hasOwn(keep, lease.id) ? heldOf(plan, lease) - (keep[lease.id] ?? 0) : 0
      return places > 0 ? [{ stream: 'control', kind: 'lease.return', body: { id: lease.id, places } }] : []
    })
  }

  private async granted(asker: DeviceRecord, activity: string, wish: Wish, plan: Folded, reads: Reads): Promise<Saying[]> {
    const { device, role, venue } = asker
    const { want, ask, wrote, turnedAway } = wish
    const post = postOf(plan.programme(), activity)
    const mine = leasesOf(plan.state, activity, device)
    const id = `${device}-${ask}`
    if (want === 0 || post?.capacity === undefined || [...plan.state.leases.values()].flat().some((lease) => lease.id === id)) return []
    if (!grantsOf(role, venue ?? undefined).write.some((grant) => grantCovers(grant, floorOf(post.venue)))) return []
    const present = await reads.devices([device])
    if (present.some(({ frozen, revokedAfter, accepted }) => frozen || revokedAfter !== null || accepted < wrote)) return []

    const floors = this.ports.record.state
    const unused = placesLeft(plan.state, activity, device, {}, floors)
    const free = freePlaces(plan.state, floors, activity, post.capacity, await this.gone(plan.state, activity, reads))
    const calling = turnedAway && unused === 0
    // What came back because somebody called goes to who called: whoever gave it would take it at the next request.
    if (!calling && this.isCalled(plan.state, activity, device)) return []
    const places = shareOf(Math.min(want, mostWanted), unused, free)
    const isHeard = places > 0 || (calling && isNews(plan.state, activity, mine.at(-1)))
    return isHeard ? [{ stream: 'control', kind: 'lease', body: { id, activity, device, places } }] : []
  }

  private isCalled(plan: State, activity: string, asker: string): boolean {
    const since = this.ports.now() - callLasts
    return callsAt(plan, activity).some(({ device, source }) => device !== asker && millisecondsOf(source.at) > since)
  }

  /**
   * Holders that will use nothing more, for certain. Only a revocation that the server wrote itself is certain (nobody strikes it but who revokes the server), and only
   * once everything up to its `after` is here.
   */
  private async gone(plan: State, activity: string, reads: Reads): Promise<Gone> {
    const { own } = this.ports
    const holders = new Set((plan.leases.get(activity) ?? []).map(({ device }) => device))
    const revocations = plan.revocations.filter(({ device, source }) => source.device === own.device && holders.has(device))
    const devices = await reads.devices([...new Set(revocations.map(({ device }) => device))])
    const gone = new Map<string, number>()
    for (const { device, accepted } of devices) {
      const after = Math.min(...revocations.filter((revocation) => revocation.device === device).map((revocation) => revocation.after))
      if (accepted >= after) gone.set(device, after)
    }
    return gone
  }
}

/** Whether a phone that finds nothing free says so for the first time since places last moved: those who hold some look whether they need them. */
function isNews(plan: State, activity: string, last: Lease | undefined): boolean {
  if (last?.places !== 0) return true
  const leases = plan.leases.get(activity) ?? []
  const moves = [...leases.filter(({ places }) => places > 0), ...leases.flatMap(({ id }) => plan.leaseReturns.get(id) ?? [])]
  return moves.some(({ source }) => compareSources(source, last.source) > 0)
}
