import { callsAt, leasesOf, placesLeft, roomAt, takenSince, usableOf } from '../domain/lease'
import type { Room } from '../domain/lease'
import type { DeviceId } from '../domain/operation'
import { compareSources } from '../domain/operation'
import { postOf, type Post } from '../domain/post'
import type { PlacesRequest } from '../protocol/sync'
import type { KeptPlaces } from './kept-places'
import type { Memory } from './memory'
import type { Outbox } from './outbox'
import type { View } from './replica'
import { ignoreStorage } from './store'

/** A phone holds what it needs for so long without a network, by what it needed as long before: a shift walks out of range for about that. */
const ahead = 10 * 60_000
/** Where nobody came yet, a family may; and a gate that opens is not known by what it needed before. */
const leastNeed = 5
/** Whoever was turned away is still there, or somebody like them. */
const patience = 5 * 60_000
/** Heard within this time, the server will hear us too (a phone that nobody looks at asks once a minute). What a phone without a network gave up would be of use to nobody. */
const inTouch = 90_000

/** What this phone may give away where places are limited; what it asks for, and what it gives back. */
export class Places {
  readonly #memory: Memory
  readonly #outbox: Outbox

  constructor(memory: Memory, outbox: Outbox) {
    this.#memory = memory
    this.#outbox = outbox
  }

  /** Undefined where the post has no capacity. */
  roomAt(post: Post): Room | undefined {
    const { identity, state, places } = this.#memory
    return identity && roomAt(state, post, identity.device, places.pledges)
  }

  /** From now on this phone works there, also after a reload. */
  workAt(post: string): Promise<void> {
    return this.#note((kept) => (kept.post === post ? undefined : { ...kept, post, turnedAway: undefined }))
  }

  /** Somebody was turned away: others who hold places hear that one is needed here. */
  turnedAway(post: string): Promise<void> {
    return this.#note((kept) => ({ ...kept, post, turnedAway: { at: this.#memory.now(), leases: this.#leasesWithPlaces(post) } }))
  }

  /**
   * Promises, durably, never to use what is not needed here; then says what is wanted and what was promised, for the next request. A promise is a total for each
   * lease, so it may be said again, late or never.
   */
  async settle({ epoch, device }: View): Promise<PlacesRequest | undefined> {
    await this.#change((kept) => this.#promised(kept, epoch, device))
    const request = this.#request(device)
    return Object.keys(request).length > 0 ? request : undefined
  }

  #promised(kept: KeptPlaces, epoch: string, device: DeviceId): KeptPlaces | undefined {
    const { state, lastSuccess } = this.#memory
    if (lastSuccess === undefined || this.#memory.now() - lastSuccess > inTouch) return undefined
    const pledges: Record<string, number> = { ...kept.pledges }
    for (const [activity, leases] of state.leases) {
      if (!leases.some((lease) => lease.device === device)) continue
      // A log that was put back may know nothing of them, and grant the same places again.
      const unused = placesLeft(state, activity, device, kept.pledges)
      let surplus = kept.epoch !== undefined && kept.epoch !== epoch ? unused : this.#surplus(kept, activity, device, unused)
      for (const lease of leasesOf(state, activity, device).reverse()) {
        const usable = usableOf(state, lease, kept.pledges)
        const given = Math.min(surplus, usable)
        if (given > 0) pledges[lease.id] = usable - given
        surplus -= given
      }
    }
    const same = Object.entries(pledges).every(([id, most]) => kept.pledges[id] === most)
    return same && kept.epoch === epoch ? undefined : { ...kept, epoch, pledges }
  }

  /** Unused places that are of more use elsewhere. */
  #surplus(kept: KeptPlaces, activity: string, device: DeviceId, unused: number): number {
    const post = postOf(this.#memory.programme(), activity)
    if (activity !== kept.post || post?.capacity === undefined) return unused
    const need = this.#need(activity, device)
    const tooMany = unused > 2 * need ? unused - need : 0
    return Math.max(tooMany, this.#isWanted(activity, device) ? Math.ceil(unused / 2) : 0)
  }

  /** Whether somebody else was turned away since this phone last got or gave: each such call is answered once. */
  #isWanted(activity: string, device: DeviceId): boolean {
    const { state } = this.#memory
    const mine = leasesOf(state, activity, device).flatMap((lease) => [lease, ...state.leaseReturns.get(lease.id) ?? []])
    return callsAt(state, activity).some((call) => call.device !== device
      && mine.every(({ source }) => compareSources(source, call.source) < 0))
  }

  #need(activity: string, device: DeviceId): number {
    const { state } = this.#memory
    return Math.max(leastNeed, takenSince(state, activity, device, this.#memory.now() - ahead))
  }

  /** So many times this phone got something there. */
  #leasesWithPlaces(activity: string): number {
    const { identity, state } = this.#memory
    return identity ? leasesOf(state, activity, identity.device).filter(({ places }) => places > 0).length : 0
  }

  #request(device: DeviceId): PlacesRequest {
    const { state, places: kept } = this.#memory
    const request: PlacesRequest = {}
    let leases = 0
    for (const activity of state.leases.keys()) {
      const mine = leasesOf(state, activity, device)
      leases += mine.length
      const keep = Object.fromEntries(mine.flatMap((lease) => {
        const most = kept.pledges[lease.id]
        return most !== undefined && most < usableOf(state, lease, {}) ? [[lease.id, most]] : []
      }))
      if (Object.keys(keep).length > 0) request[activity] = { keep }
    }
    const post = kept.post === undefined ? undefined : postOf(this.#memory.programme(), kept.post)
    if (post?.capacity === undefined) return request
    const unused = placesLeft(state, post.id, device, kept.pledges)
    const want = this.#need(post.id, device)
    if (unused * 2 >= want) return request
    const { at = 0, leases: then } = kept.turnedAway ?? {}
    // Whatever came since is for whoever was turned away; two phones that have nobody waiting any more must not call for one place in turns.
    const turnedAway = unused === 0 && this.#memory.now() - at < patience && then === this.#leasesWithPlaces(post.id)
    request[post.id] = { ...request[post.id], want, ask: leases + 1, wrote: this.#memory.picture.lastNumber(device), ...(turnedAway && { turnedAway }) }
    return request
  }

  /** A disk that fails now says so when something is to be written. */
  async #note(change: (kept: KeptPlaces) => KeptPlaces | undefined): Promise<void> {
    await this.#change(change).catch(ignoreStorage)
  }

  /** Upon what is written by then: another tab may record something, or promise, at the same time. */
  async #change(change: (kept: KeptPlaces) => KeptPlaces | undefined): Promise<void> {
    const memory = this.#memory
    for (;;) {
      const device = memory.identity?.device
      const next = device && change(memory.places)
      if (!device || !next) return
      const changed = { ...next, version: memory.places.version + 1 }
      const kept = await this.#outbox.keepPlaces(device, changed, memory.picture.lastNumber(device) + 1)
      await memory.refresh()
      if (kept) return
    }
  }
}
