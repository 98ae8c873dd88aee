import type { DeviceId, StreamName, TicketId } from '../../domain/operation'
import type { Role } from '../../domain/role'
import type { Snapshot } from '../../protocol/snapshot'
import type { Quarantined } from '../../protocol/sync'
import type { PublicKey } from '../../protocol/signature'
import type { HubReads, HubTransaction } from './hub'
import type { BatchRecord, DeviceRecord, NewDevice } from './records'

export type { BatchRecord, DeviceRecord, NewDevice }

/**
 * What a server keeps, whatever the engine underneath. Everything is asynchronous, so that an engine over a network is no other
 * interface; sqlLog.ts implements it once in plain SQL, and an engine is one file that runs SQL (sqlite.ts).
 */
export interface Log extends Reads {
  readonly engine: EngineName
  /** Set where other processes may work on the same log. */
  readonly wire?: Wire
  /**
   * Runs `work` in one write transaction, once more where another transaction was in the way: what it changes outside of the transaction
   * it must be able to change again. When the promise resolves, all of it is on disk; when it rejects, none of it happened.
   * @throws LogBusy when the engine can't write now and a later try may succeed
   */
  write<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>
  close(): Promise<void>
}

export type EngineName = 'sqlite' | 'postgres'

/**
 * What several processes on one log tell each other: these streams grew. A word may get lost and carries no truth; whoever hears one
 * reads the log.
 */
export interface Wire {
  /** Tells the others. */
  send(streams: Iterable<StreamName>): void
  /** @param heard called with each word of another process from now on */
  receive(heard: (streams: readonly StreamName[]) => void): void
}

/**
 * The engine could not do it now: its lock was held too long, its disk is full, it can't be reached. Nothing was stored; only where the
 * connection broke during the commit itself nobody knows, and whoever asks again finds out.
 */
export class LogBusy extends Error {
  override name = 'LogBusy'
}

/** The data were written by another version of the server. */
export class LogVersion extends Error {
  override name = 'LogVersion'
}

/** What can be asked; outside of a transaction only what is committed is seen. */
export interface Reads {
  readonly hub: HubReads
  meta(name: MetaName): Promise<string | undefined>
  /** How far each stream goes; a stream that nobody has written to is left out. All streams where none are named. */
  heads(streams?: readonly StreamName[]): Promise<Map<StreamName, number>>
  /** Operations with `after < seq <= upTo`, in their order, at most `limit`. */
  operations(stream: StreamName, after: number, upTo: number, limit: number): Promise<StoredOperation[]>
  operationsOfKind(stream: StreamName, kind: string): Promise<StoredOperation[]>
  /** Those of these ids; where none are named, all that joined, so not the server's own. */
  devices(ids?: readonly DeviceId[]): Promise<DeviceRecord[]>
  deviceByToken(tokenHash: string): Promise<DeviceRecord | undefined>
  /** Every operation put aside of these devices, by device and `n`. */
  quarantined(devices: readonly DeviceId[]): Promise<Quarantined[]>
  /** Tickets numbered above `after`, in order, at most `limit`. */
  tickets(after: number, limit: number): Promise<TicketRecord[]>
  /** The newest snapshot of a stream that is stored. */
  snapshot(stream: StreamName): Promise<Snapshot | undefined>
  snapshotPage(stream: StreamName, id: string): Promise<Uint8Array | undefined>
}

export interface Transaction extends Reads {
  readonly hub: HubTransaction
  setMeta(name: MetaName, value: string): Promise<void>
  /** The first value of a name: of two transactions that give it at once, the later one begins again and finds it there. */
  addMeta(name: MetaName, value: string): Promise<void>

  /** The rows of these devices, held until the transaction ends, so that two couriers of one device take turns. */
  lockDevices(ids: readonly DeviceId[]): Promise<Map<DeviceId, DeviceRecord>>
  /** SHA-256 of what is stored of a device, by `n`, for `from <= n <= to`; null for what a hub has unsigned. */
  hashes(device: DeviceId, from: number, to: number): Promise<Map<number, Uint8Array | null>>
  /** What is stored, or was put aside, under a number. */
  content(device: DeviceId, n: number): Promise<StoredContent | undefined>
  /** Takes the next `count` numbers of a stream and returns the last of them; the stream is held until the transaction ends. */
  advance(stream: StreamName, count: number): Promise<number>
  storeOperations(operations: readonly NewOperation[]): Promise<void>
  storeWritten(written: readonly Written[]): Promise<void>
  storeQuarantined(quarantined: readonly NewQuarantined[]): Promise<void>
  storeBatches(batches: readonly BatchRecord[]): Promise<void>
  setAccepted(device: DeviceId, n: number): Promise<void>
  /** Which of these tickets were forgotten in this stream, by a device that was not revoked before it said so. */
  forgotten(stream: StreamName, tickets: readonly TicketId[]): Promise<Set<TicketId>>
  /**
   * Blanks what a stream, and what was put aside, says of a ticket's holder, and takes away the snapshots that say it too. What was written
   * stays known by its SHA-256.
   * @param how `relayed` leaves what has still to be passed on as it was signed
   */
  erase(stream: StreamName, ticket: TicketId, how: 'all' | 'relayed'): Promise<void>

  /**
   * Stores a snapshot beside the one before it, whose pages somebody may be fetching; older ones go.
   * @returns the newest that is stored now; undefined when somebody was forgotten since this one was read, and nothing is stored of it
   */
  storeSnapshot(stream: StreamName, snapshot: Snapshot, pages: readonly NewPage[]): Promise<Snapshot | undefined>

  addDevice(device: NewDevice): Promise<void>
  /** The device that joined with this invite and this key. */
  deviceOfInvite(codeHash: string, key: PublicKey): Promise<DeviceRecord | undefined>
  freeze(device: DeviceId): Promise<void>
  /** Somebody knows of operations of this device up to `n`. */
  noteKnown(device: DeviceId, n: number): Promise<void>
  /** Sets which devices are revoked, and after which `n`; all others are not. */
  setCuts(cuts: ReadonlyMap<DeviceId, number>): Promise<void>
  noteHeard(device: DeviceId, at: number, clockOffset: number | undefined): Promise<void>

  addInvite(invite: InviteRecord): Promise<void>
  /** An invite, held until the transaction ends, so that a phone that asks twice at once becomes one device. */
  lockInvite(codeHash: string): Promise<InviteRecord | undefined>
  /** Takes one use of an invite; false when it has none left, has ended, or does not exist. */
  useInvite(codeHash: string, now: number): Promise<boolean>
  /** Stores tickets and gives them the next numbers. */
  addTickets(tickets: readonly Omit<TicketRecord, 'number'>[]): Promise<TicketRecord[]>
}

/**
 * `schema`: version of the tables. `epoch`: of this log. `festival`: the id that batches sign. `device`, `deviceKey`: the server's own
 * device and its private key (JWK). `ticketKey`: private key 0 of the festival (JWK). `sample`: set when the sample
 * was loaded. `origin`: the address given out at the last start. `lastTicket`: number of the last ticket. Of a hub: `upstream`, its address;
 * `upstreamToken`; `upstreamEpoch`, that of the log which cursors and roots speak of; `ticketKeys`, the festival's public ones.
 */
export type MetaName =
  | 'schema' | 'epoch' | 'festival' | 'device' | 'deviceKey' | 'ticketKey' | 'sample' | 'origin' | 'lastTicket'
  | 'upstream' | 'upstreamToken' | 'upstreamEpoch' | 'ticketKeys'

export interface StoredOperation {
  seq: number
  device: DeviceId
  n: number
  at: number
  kind: string
  /** JSON; null once it was erased. */
  body: string | null
}

/** What is compared with an operation that is sent under its number: its parts, or the text of one that was put aside (null: erased). */
export type StoredContent = Pick<NewOperation, 'stream' | 'at' | 'kind' | 'body'> | { aside: string | null }

export interface NewOperation extends StoredOperation {
  stream: StreamName
  /** Whom a roster's operation is about: what erasure looks for. */
  ticket: TicketId | null
  /** JSON of fields that this version doesn't know, so that a batch can be passed on as it was signed. */
  extra: string | null
}

/** What makes a resend known for what it is; `stream` and `seq` are null for what was put aside. */
export interface Written {
  device: DeviceId
  n: number
  /** Null for what a hub was told by upstream and nobody has brought signed yet. */
  hash: Uint8Array | null
  stream: StreamName | null
  seq: number | null
}

export interface NewQuarantined extends Quarantined {
  /** The operation as it came, as canonical JSON. */
  operation: string
  /** When, in milliseconds. */
  received: number
}

/** A page of a snapshot; its id names these bytes and no others. */
export interface NewPage {
  id: string
  bytes: Uint8Array
}

export interface InviteRecord {
  codeHash: string
  role: Role
  venue: string | null
  label: string
  uses: number
  used: number
  /** In milliseconds. */
  expires: number
}

export interface TicketRecord {
  number: number
  id: TicketId
  /** Key id. */
  key: number
  kind: number
  party: number
  from: number
  until: number
  /** The text of its QR. */
  text: string
}
