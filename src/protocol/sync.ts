import * as v from 'valibot'
import type { DeviceId, StreamName } from '../domain/operation'

/** `POST /api/sync`, version 1: one request sends, then receives, and with `wait` it is the live tail too. */

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))

/** Values by name; a list, which a plain record would take for an empty one, is the wrong type. */
function byName<Schema extends v.GenericSchema>(schema: Schema) {
  return v.pipe(v.custom<Record<string, v.InferInput<Schema>>>((value) => !Array.isArray(value)), v.record(v.string(), schema))
}

export const batchSchema = v.object({
  device: v.string(),
  from: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  // Each operation is judged by itself: one bad one must not turn the rest away.
  ops: v.array(v.unknown()),
  sig: v.string(),
})

/** What a phone says of its places at one activity, beside the protocol's own fields (docs/server.md, "Places"). */
const placesSchema = v.object({
  /** So many unused places it would like to hold. */
  want: v.optional(count, 0),
  /** The number of this wish: the lease that answers it is `DEVICE-ask`, so a wish is answered once, however often it is heard. */
  ask: v.optional(count, 0),
  /** It has written so many operations: what it used is known once they are all here, and until then its wish is not heard. */
  wrote: v.optional(count, 0),
  /** Somebody was turned away here for want of a place. */
  turnedAway: v.optional(v.boolean(), false),
  /** By lease: of this one it will never use more places than these, in all. */
  keep: v.optional(byName(count), {}),
})

export const syncRequestSchema = v.object({
  v: v.literal(1),
  epoch: v.nullish(v.string(), null),
  batches: v.optional(v.array(batchSchema), []),
  /** Streams wanted: everything up to this is here already. */
  cursors: v.optional(byName(count), {}),
  /** Instead of a cursor, at another server: per device, its operations of this stream up to this `n` are here. */
  have: v.optional(byName(byName(count)), {}),
  /** The phone's own clock in milliseconds, uncorrected. */
  clock: v.optional(v.number()),
  /** Seconds to hold the request when there is nothing new. */
  wait: v.optional(v.pipe(v.number(), v.minValue(0)), 0),
  /** Operations to be answered at most, over all streams. */
  max: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
  /** By activity. */
  leases: v.optional(byName(placesSchema), {}),
})
export type SyncRequest = v.InferInput<typeof syncRequestSchema>
export type CheckedSyncRequest = v.InferOutput<typeof syncRequestSchema>
export type PlacesRequest = NonNullable<SyncRequest['leases']>
export type CheckedPlacesRequest = CheckedSyncRequest['leases']

/** Why an operation was put aside: the only grounds there are. */
export const quarantineCodes = ['too-large', 'malformed', 'stream-not-granted'] as const
export type QuarantineCode = (typeof quarantineCodes)[number]

const quarantined = v.object({ device: v.string(), n: count, code: v.string(), detail: v.string() })
export type Quarantined = v.InferOutput<typeof quarantined>

/** An operation on the wire: `[device, n, at, kind, body]`, or `[device, n]` alone for one of the asking device. */
export type WireOperation = [device: DeviceId, n: number, at: number, kind: string, body: unknown] | [device: DeviceId, n: number]

/** Told by hand: a phone that comes back takes in thousands, and a schema of tuples is slower by far. */
function isWireOperation(value: unknown): value is WireOperation {
  if (!Array.isArray(value)) return false
  const [device, n, at, kind] = value as unknown[]
  if (typeof device !== 'string' || !Number.isSafeInteger(n) || (n as number) < 0) return false
  return value.length === 2 || (value.length === 5 && typeof at === 'number' && typeof kind === 'string')
}
const wireOperations = v.custom<WireOperation[]>((value) => Array.isArray(value) && value.every(isWireOperation))

const streamPart = v.object({ from: count, head: count, ops: wireOperations })
export type StreamPart = v.InferOutput<typeof streamPart>

export const syncResponseSchema = v.object({
  v: v.literal(1),
  epoch: v.string(),
  /** The server's clock in milliseconds. */
  now: v.number(),
  accepted: v.record(v.string(), count),
  root: v.record(v.string(), count),
  quarantined: v.array(quarantined),
  streams: v.record(v.string(), streamPart),
  more: v.boolean(),
  /** Of a hub: per stream asked for, its clock's time until which it has all that upstream had; 0 where it does not know. */
  known: v.optional(v.record(v.string(), v.number())),
})
export interface SyncResponse {
  v: 1
  epoch: string
  now: number
  accepted: Record<DeviceId, number>
  root: Record<DeviceId, number>
  quarantined: Quarantined[]
  streams: Record<StreamName, StreamPart>
  more: boolean
  known?: Record<StreamName, number>
}
