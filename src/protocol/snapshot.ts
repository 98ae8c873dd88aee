import * as v from 'valibot'
import type { DeviceId } from '../domain/operation'

/**
 * A snapshot: all that one stream held up to `seq`, in pages. A page is gzip of a JSON array of operations as a sync answer writes them,
 * `[device, n, at, kind, body]`; what was erased is left out, and `have` says that its number was there. So folding a snapshot and what
 * comes after `seq` is folding everything.
 */

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))

const page = v.object({
  /** A name in the address; the same id is the same bytes for ever. */
  id: v.pipe(v.string(), v.regex(/^[\w-]{1,100}$/)),
  rows: count,
  /** Of what is sent, packed as it is; so is the hash. */
  bytes: count,
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  /**
   * A page of attendees by ticket, from this one on (by code unit) to where the next such page begins: nobody needs to open it before
   * somebody with such a ticket comes. Pages without it must be read at once.
   */
  from: v.optional(v.string()),
})
export type SnapshotPage = v.InferOutput<typeof page>

/** `GET /api/snapshot/{epoch}/{stream}`. A stream too small to be worth one has no pages and `seq` 0. */
export const snapshotSchema = v.object({ seq: count, have: v.record(v.string(), count), pages: v.array(page) })
export interface Snapshot {
  seq: number
  /** Per device, its highest `n` in this stream up to `seq`. */
  have: Record<DeviceId, number>
  pages: SnapshotPage[]
}

/** `GET /api/snapshot/{epoch}`: the streams that this device reads and that have a snapshot, and how far each goes now. */
export const snapshotListSchema = v.object({ streams: v.record(v.string(), count) })
