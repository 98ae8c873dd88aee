import type { DeviceId, StreamName, TicketId } from '../../domain/operation'
import type { BatchRecord, DeviceRecord, NewDevice } from './records'

/**
 * What a hub keeps besides a log (docs/hub.md): how far it has read upstream, how far upstream has what is here, and what was signed as it was
 * signed.
 */
export interface HubReads {
  /** Devices that joined at this moment or later, in milliseconds, with what is kept of their tokens. */
  joinedSince(moment: number): Promise<(DeviceRecord & Pick<NewDevice, 'tokenHash'>)[]>
  /** Upstream's streams as far as they were read. */
  pulled(): Promise<Map<StreamName, Pulled>>
  /** Per device, the highest `n` that stands in a stream. */
  held(stream: StreamName): Promise<Map<DeviceId, number>>
  /** Devices of which something is here that upstream is not known to have; at most `limit`, leaving out `except`. */
  unrelayed(limit: number, except: readonly DeviceId[]): Promise<{ device: DeviceId; root: number; accepted: number }[]>
  /** Batches that go further than `n`, in the order of their numbers. */
  batchesAbove(device: DeviceId, n: number): Promise<BatchRecord[]>
  /** What a batch consists of, as it is stored. */
  signedOperations(device: DeviceId, from: number, count: number): Promise<SignedOperation[]>
}

export interface HubTransaction extends HubReads {
  setPulled(stream: StreamName, pulled: Pulled): Promise<void>
  /** Upstream is another log: nothing was read of it, and nothing is known to be there. */
  forgetUpstream(): Promise<void>
  /** Upstream has everything of this device up to `n`; it never goes back but by `forgetUpstream` and `lowerRoot`. */
  raiseRoot(device: DeviceId, n: number): Promise<void>
  lowerRoot(device: DeviceId, n: number): Promise<void>
  /** Whom the batches of a device were about that came to be upstream when that went from `before` to `now`, by stream. */
  peopleOf(device: DeviceId, before: number, now: number): Promise<Map<StreamName, Set<TicketId>>>
  /** What stands here under a number, or was put aside, is from now on as it was signed. */
  sign(device: DeviceId, n: number, signed: Signed): Promise<void>
  /** Beyond `n` nothing of this device counts as signed any more; the rows stay. */
  release(device: DeviceId, n: number): Promise<void>
  /** A device as upstream tells of it; its token is learned when it was not known. */
  meetDevice(device: NewDevice & { frozen: boolean }): Promise<void>
}

/** An operation as a batch has it. */
export interface Signed {
  hash: Uint8Array
  /** Canonical JSON. */
  text: string
  body: string | null
  ticket: TicketId | null
  extra: string | null
}

export interface Pulled {
  /** Upstream's sequence. */
  cursor: number
  /** The hub's own time until which its picture of this stream is complete, in milliseconds. */
  known: number
}

/** One operation of a batch; what was put aside has its whole text, everything else its parts. */
export interface SignedOperation {
  n: number
  hash: Uint8Array | null
  stream: StreamName | null
  at: number | null
  kind: string | null
  body: string | null
  extra: string | null
  aside: string | null
}
