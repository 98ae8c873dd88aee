import type { DeviceId, Source, TicketId } from './operation'
import { operationId } from './operation'
import { Seen } from './seen'

/**
 * What a set of operations adds up to. It is kept as *sets of facts*, each with its source, and never as running totals:
 * whether a fact counts (not voided, its device not revoked, its paper line not entered twice) is asked when it is read.
 * So the order of arrival can't matter, and a void or a revocation that comes late needs no second thought.
 */
export interface State {
  /** Operations folded already: folding one again changes nothing. */
  seen: Seen
  /** What named devices wrote after `n` counts nowhere; worked out from `revocations`. */
  cuts: Map<DeviceId, number>
  revocations: Revocation[]
  /** By stream and target. A void reaches only its own stream. */
  voids: Map<string, Fact[]>
  /** `type/id` → everything ever put there. */
  puts: Map<string, Put[]>
  attendees: Map<TicketId, AttendeeWrite[]>
  forgotten: Map<TicketId, Fact[]>
  /** Post → ticket → its check-ins there. */
  checkIns: Map<string, Map<TicketId, CheckIn[]>>
  /** Post → headcounts. */
  headcounts: Map<string, Headcount[]>
  /** Booth → services given. */
  services: Map<string, ServiceRecord[]>
  /** By stream and paper line. */
  sheets: Map<string, Fact[]>
  ticketRevocations: Map<TicketId, Fact[]>
  /** Activity → places of it that were granted to phones. */
  leases: Map<string, Lease[]>
  /** Id of a lease → what was given back of it. */
  leaseReturns: Map<string, LeaseReturn[]>
  /** Goes up whenever something is folded that may change the programme; views cache by it. */
  programmeVersion: number
  /** Goes up with every operation folded. */
  version: number
}

export interface Fact {
  source: Source
  /** Paper line; of several with the same one, the first that counts is the one. */
  sheet?: string
}

export interface Revocation extends Fact {
  device: DeviceId
  after: number
}

export interface Put extends Fact {
  type: string
  id: string
  /** A lead's own venue; absent for an organiser. */
  venue?: string
  /** undefined: removed. */
  value?: Record<string, unknown>
}

export interface AttendeeFields {
  alias?: string
  phoneTail?: string
  ageBand?: string
  community?: string
  group?: string
  consent?: unknown
}

export interface AttendeeWrite extends Fact {
  fields: AttendeeFields
}

export type CheckInWay = 'camera' | 'keyboard' | 'typed' | 'tail' | 'name' | 'walk-in' | 'picture' | 'paper'

export interface CheckIn extends Fact {
  post: string
  ticket: TicketId
  by: CheckInWay
  /** The reason somebody was admitted anyway. */
  override?: string | true
}

export interface Headcount extends Fact {
  post: string
  count: number
  ageBand?: string
}

export interface ServiceRecord extends Fact {
  booth: string
  service: string
  count: number
  outcome?: string
  ticket?: TicketId
  note?: string
  queue?: string | number
}

export interface Lease extends Fact {
  id: string
  activity: string
  device: DeviceId
  places: number
}

export interface LeaseReturn extends Fact {
  id: string
  places: number
}

export function createState(): State {
  return {
    seen: new Seen(), cuts: new Map(), revocations: [], voids: new Map(), puts: new Map(), attendees: new Map(),
    forgotten: new Map(), checkIns: new Map(), headcounts: new Map(), services: new Map(), sheets: new Map(),
    ticketRevocations: new Map(), leases: new Map(), leaseReturns: new Map(), programmeVersion: 0, version: 0,
  }
}

/** The key of what a void names: voids reach only targets in their own stream. */
export function targetKey(stream: string, target: { device: DeviceId; n: number }): string {
  return `${stream}|${operationId(target)}`
}

export function sheetKey(stream: string, sheet: string): string {
  return `${stream}|${sheet}`
}

/** Adds to the list under a key, making the list when it is the first. */
export function addTo<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}
