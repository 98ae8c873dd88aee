import type { Operation, WrittenOperation } from '../domain/operation'
import { signBatch, type Batch } from '../protocol/batch'
import { canonicalBytes } from '../protocol/canonical'
import type { Memory } from './memory'
import type { KeptIdentity } from './identity'

/** What goes out next: operations of one device in a row. One device a request, so that a refusal is about that one alone. */
export interface Parcel {
  identity: KeptIdentity
  from: number
  operations: readonly Operation[]
}

/**
 * The next parcel: of former devices first, they wait longest; undefined when nothing waits.
 *
 * What a log has of this phone's present device it says with every answer. Of a former one it speaks only when something is brought
 * for it, so at a log that has not spoken yet an empty parcel asks.
 */
export function nextParcel(memory: Memory): Parcel | undefined {
  const present = memory.identity?.device
  const former = memory.selves().filter(({ device }) => device !== present && !memory.stuck.has(device))
  for (const identity of [...former, ...memory.selves().filter(({ device }) => device === present)]) {
    const own = memory.ownOf(identity.device)
    if (identity.frozen || own.length === 0) continue
    const standing = memory.standingOf(identity.device)
    if (!standing && identity.device === present) continue
    if (!standing) return { identity, from: 1, operations: [] }
    const unsent = own.slice(standing.accepted)
    if (unsent.length > 0) return { identity, from: standing.accepted + 1, operations: unsent }
  }
  return undefined
}

/**
 * A hub tells when the topmost server has what a former device wrote, but only when something is brought for it: an empty parcel asks. Undefined
 * when nothing of one is on that way.
 */
export function halfwayParcel(memory: Memory): Parcel | undefined {
  const identity = memory.selves().find(({ device, frozen }) => {
    const { accepted = 0, root = 0 } = memory.standingOf(device) ?? {}
    return device !== memory.identity?.device && !frozen && !memory.stuck.has(device) && root < accepted
  })
  return identity && { identity, from: 1, operations: [] }
}

/** As much of a parcel as one request may hold. At least one operation: each is far smaller than a request. */
export function cutParcel({ identity, from, operations }: Parcel, limits: { operations: number; bytes: number }): Parcel {
  let bytes = 0
  let count = 0
  for (const operation of operations) {
    bytes += canonicalBytes(written(operation)).length + 1
    if (count > 0 && (count === limits.operations || bytes > limits.bytes)) break
    count++
  }
  return { identity, from, operations: operations.slice(0, count) }
}

/** Signs a parcel with the key of the device that wrote it. */
export function seal({ identity, from, operations }: Parcel): Promise<Batch> {
  const { device, festival, keys } = identity
  return signBatch(keys.privateKey, festival.id, { device, from, ops: operations.map(written) })
}

/** `device` and `n` are said by the batch. */
function written({ at, stream, kind, body }: Operation): WrittenOperation {
  return { at, stream, kind, body }
}
