import { floorOf, rosterOf, visitsOf } from './stream'

/** Who may hold a device. Residents have no device: they read the published programme. */
export const roles = ['volunteer', 'host', 'visitor', 'lead', 'organiser'] as const
export type Role = (typeof roles)[number]

export interface Grants {
  /** Streams this role reads; patterns end in `:*`. */
  read: string[]
  /** Streams this role writes; a lead's share of `programme` is the own venue (see `writesOwnVenueOnly`). */
  write: string[]
}

/** What a role is granted at a venue: the table of streams in docs/protocol.md. */
export function grantsOf(role: Role, venue: string | undefined): Grants {
  const at = venue ?? '*'
  const floor = floorOf(at)
  const roster = rosterOf(at)
  switch (role) {
    case 'organiser':
      return { read: ['programme', 'control', 'roster:*', 'floor:*'], write: ['programme', 'control', 'roster:*', 'floor:*'] }
    case 'lead':
      return { read: ['programme', 'control', roster, floor], write: ['programme', 'control', roster, floor] }
    case 'volunteer':
      return { read: ['programme', 'control', roster, floor], write: [roster, floor] }
    case 'host':
      return { read: ['programme', 'control', floor], write: [floor] }
    case 'visitor':
      return { read: ['programme', 'control', floor], write: [floor, visitsOf(at)] }
  }
}

/** A lead writes to `programme` only what names the lead's own venue. */
export function writesOwnVenueOnly(role: Role): boolean {
  return role === 'lead'
}

/** Every role but the organiser's works at one venue. */
export function needsVenue(role: Role): boolean {
  return role !== 'organiser'
}
