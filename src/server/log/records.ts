import type { DeviceId } from '../../domain/operation'
import type { Role } from '../../domain/role'
import type { PublicKey } from '../../protocol/signature'

/** Kept so that a hub can pass batches on as they were signed. */
export interface BatchRecord {
  device: DeviceId
  from: number
  count: number
  signature: string
}

export interface NewDevice {
  device: DeviceId
  key: PublicKey
  name: string
  role: Role
  venue: string | null
  /** Of the invite it joined with. */
  label: string
  invite: string | null
  tokenHash: string | null
  /** When it joined, in milliseconds. */
  joined: number
}

export interface DeviceRecord extends Omit<NewDevice, 'tokenHash' | 'invite'> {
  /** When it was last heard, in milliseconds. */
  heard: number | null
  /** How far the server's clock was ahead of its clock, in milliseconds. */
  clockOffset: number | null
  /** Everything up to this `n` is stored here. */
  accepted: number
  /** At a hub, everything up to this `n` is known to be upstream. */
  root: number
  /** The highest `n` that anybody has spoken of. */
  known: number
  /** It wrote two things under one `n`. */
  frozen: boolean
  /** Revoked: what it wrote with a higher `n` counts nowhere. */
  revokedAfter: number | null
}
