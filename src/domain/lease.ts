import { clockAt } from './clock'
import type { DeviceId } from './operation'
import { compareSources, operationId } from './operation'
import type { Post } from './post'
import { counts, stands } from './standing'
import type { CheckIn, Fact, Lease, State } from './state'
import { sheetKey, targetKey } from './state'

/**
 * Capacity by leases. A phone gives away only places that were granted to it, so phones that can't hear each other never give away more than
 * there are, as long as two things hold: what is granted and not given back is never more than the capacity (`freePlaces`), and a phone never
 * uses more than was granted to it (`placesLeft`).
 *
 * Both count what a phone *used* from what that phone wrote itself, and from nothing else. It knows all of that, at once and for ever;
 * anything that others write (a void, a revocation, an earlier check-in of the same ticket) may arrive late, or fall later because its
 * writer was revoked further back, and then a place would have been given away twice. So:
 *
 *   takes a place        every check-in without `override`, also one that turns out after sync to be the second of its ticket: of a copied
 *                        ticket two people came in. (Of one ticket at one phone the verdict is `repeat`, and nothing is written.)
 *   gives it back        a void by the phone that wrote the check-in, and to that phone. Its void falls only together with all that it wrote after it
 *   gives nothing back   a void by another phone; a revocation of the phone, but for what `freePlaces` says
 */

/** What a phone promised: of the lease with this id it will never use more places than this. */
export type Pledges = Readonly<Record<string, number>>

/** What a phone may do at a post with a capacity, as far as it knows. */
export interface Room {
  capacity: number
  /** Check-ins that count, without those admitted anyway: this phone's and what it knows of the others'. */
  admitted: number
  /** Places that this phone may still give away. */
  left: number
}

/** Devices that will never use another place: revoked by the server itself, which has all that they wrote up to this `n`; what they wrote after it counts nowhere. */
export type Gone = ReadonlyMap<DeviceId, number>

/** The check-ins that take a place at an activity, by the phone that wrote them, in no order. */
export function takersAt(state: State, activity: string, gone: Gone = new Map()): Map<DeviceId, CheckIn[]> {
  const takers = new Map<DeviceId, CheckIn[]>()
  const lines = new Set<string>()
  for (const checkIn of [...state.checkIns.get(activity)?.values() ?? []].flat()) {
    const { source, sheet } = checkIn
    const until = gone.get(source.device) ?? Infinity
    if (checkIn.override !== undefined || source.n > until || isTakenBack(state, checkIn, until)) continue
    // A line of paper that one phone enters twice is one person.
    const line = sheet === undefined ? operationId(source) : `${source.device} ${sheetKey(source.stream, sheet)}`
    if (lines.has(line)) continue
    lines.add(line)
    const list = takers.get(source.device)
    if (list) list.push(checkIn)
    else takers.set(source.device, [checkIn])
  }
  return takers
}

/** Whether its own writer voided it, and with an `n` that counts. */
function isTakenBack(state: State, { source: { device, n, stream } }: Fact, until: number): boolean {
  const voids = state.voids.get(targetKey(stream, { device, n })) ?? []
  return voids.some(({ source }) => source.device === device && source.n <= until)
}

/** The leases of an activity that were granted to a device, oldest first; of two with one id the smaller. */
export function leasesOf(state: State, activity: string, device: DeviceId): Lease[] {
  const byId = new Map<string, Lease>()
  for (const lease of state.leases.get(activity) ?? []) {
    if (lease.device !== device) continue
    const other = byId.get(lease.id)
    if (!other || lease.places < other.places) byId.set(lease.id, lease)
  }
  return [...byId.values()].sort((a, b) => compareSources(a.source, b.source))
}

/** Leases without a place that are the last word to their phone: somebody was turned away there, and nothing was free. */
export function callsAt(state: State, activity: string): Lease[] {
  const latest = new Map<DeviceId, Lease>()
  for (const lease of state.leases.get(activity) ?? []) {
    const other = latest.get(lease.device)
    if (!other || compareSources(other.source, lease.source) < 0) latest.set(lease.device, lease)
  }
  return [...latest.values()].filter(({ places }) => places === 0)
}

/** What the holder of a lease may use of it in all: whatever anybody ever said was given back is gone, and so is what it promised itself. */
export function usableOf(state: State, lease: Lease, pledges: Pledges): number {
  if (!stands(state, lease)) return 0
  const back = (state.leaseReturns.get(lease.id) ?? []).reduce((sum, { places }) => sum + places, 0)
  return Math.max(0, Math.min(lease.places - back, pledges[lease.id] ?? Infinity))
}

/** What is out with the holder of a lease, for all that others can know: only a return that stands brings places back, a void of the lease doesn't. */
export function heldOf(state: State, lease: Lease): number {
  const back = (state.leaseReturns.get(lease.id) ?? []).filter((entry) => stands(state, entry)).reduce((sum, { places }) => sum + places, 0)
  return Math.max(0, lease.places - back)
}

/**
 * Places that a device may still give away at an activity.
 * @param floors a state with all that the device wrote there, where `state` has not
 */
export function placesLeft(state: State, activity: string, device: DeviceId, pledges: Pledges = {}, floors = state): number {
  const usable = leasesOf(state, activity, device).reduce((sum, lease) => sum + usableOf(state, lease, pledges), 0)
  return Math.max(0, usable - (takersAt(floors, activity).get(device)?.length ?? 0))
}

/** What a verdict and a screen need to know of places; undefined where the post has no capacity. */
export function roomAt(state: State, post: Post, device: DeviceId, pledges: Pledges): Room | undefined {
  const { id, capacity } = post
  if (capacity === undefined) return undefined
  const checkIns = [...state.checkIns.get(id)?.values() ?? []].flat()
  const admitted = checkIns.filter((checkIn) => checkIn.override === undefined && counts(state, checkIn)).length
  return { capacity, admitted, left: placesLeft(state, id, device, pledges) }
}

/** How many of its places a device let go in the last so many milliseconds: what it will need is reckoned from that. */
export function takenSince(state: State, activity: string, device: DeviceId, since: number): number {
  const from = clockAt(since)
  return (takersAt(state, activity).get(device) ?? []).filter(({ source }) => source.at >= from).length
}

/**
 * Places of an activity that nobody holds and nobody used.
 *
 * Each phone counts with what is out with it, or, where that is more, with what it used: check-ins without a lease (entered from paper, written before there
 * was a capacity) are people too. A phone that was revoked keeps its places, because a revocation may fall; unless it is among `gone`: then
 * it counts with what it used up to there, and the rest is free.
 * @param leases a state with `control` in it
 * @param floors a state with the floors in it; that it is not quite fresh does no harm, because whoever uses a place holds it
 */
export function freePlaces(leases: State, floors: State, activity: string, capacity: number, gone: Gone): number {
  const takers = takersAt(floors, activity, gone)
  const held = new Map<DeviceId, number>()
  for (const lease of leases.leases.get(activity) ?? []) {
    held.set(lease.device, (held.get(lease.device) ?? 0) + heldOf(leases, lease))
  }
  let occupied = 0
  for (const device of new Set([...held.keys(), ...takers.keys()])) {
    const used = takers.get(device)?.length ?? 0
    occupied += gone.has(device) ? used : Math.max(held.get(device) ?? 0, used)
  }
  return Math.max(0, capacity - occupied)
}

/**
 * How many places to grant: no more than are wanted and free, and of what is free and what the asking phone already holds unused only half, rounded up,
 * so that something is left for whoever asks next. The last place goes to whoever has none.
 */
export function shareOf(wanted: number, unused: number, free: number): number {
  const share = Math.ceil((free + unused) / 2)
  return Math.max(0, Math.min(free, Math.min(wanted, share) - unused))
}
