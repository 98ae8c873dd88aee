import type { Pledges } from '../domain/lease'

/** What a device keeps about places, beside its operations: durable before it is said to anybody. */
export interface KeptPlaces {
  /** Goes up with every change: what was judged upon an earlier one is judged again. */
  version: number
  /** The log that its leases are believed of. */
  epoch?: string
  /** Where this phone works. */
  post?: string
  /** When somebody was turned away there for want of a place, in milliseconds of the corrected clock, and how many leases of some it had got there by then. */
  turnedAway?: { at: number; leases: number }
  pledges: Pledges
}

export const nothingKept: KeptPlaces = { version: 0, pledges: {} }
