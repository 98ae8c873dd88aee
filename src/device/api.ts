import type * as v from 'valibot'
import type { Festival } from '../domain/entities'
import type { Attendee } from '../domain/attendees'
import type { Room } from '../domain/lease'
import type { DeviceId, Operation, StreamName, TicketId } from '../domain/operation'
import type { Post } from '../domain/post'
import type { Programme } from '../domain/programme'
import type { Role } from '../domain/role'
import type { CheckIn, CheckInWay, State } from '../domain/state'
import type { TicketReading } from '../domain/ticket'
import type { Scan, Verdict } from '../domain/verdict'
import type { HandOverFault } from '../protocol/handover'
import type { ProblemCode } from '../protocol/problem'
import type { Quarantined } from '../protocol/sync'
import type { StorageRoom } from './ports'
import type { StorageFault } from './store'

/** What a phone knows and can do: the whole of what screens may ask. `openDevice` gives it. */
export interface Device {
  /** Who this phone is; undefined while it has not joined. */
  identity(): Identity | undefined
  /** The live state: folded in place, and a new object after a late quarantine or a new identity. Ask again, don't keep it. */
  state(): State
  /** The programme in force, worked out anew only when something about it changed. */
  programme(): Programme
  festival(): Festival | undefined
  /** Milliseconds since 1970, by this phone's clock as corrected at the last sync. */
  now(): number

  /**
   * Joins with an invite's code (as typed, or the whole link) under a name for this phone. Stored before it says `ok`.
   * Joining again makes a new device; what the former one had not sent yet is still delivered.
   */
  join(code: string, name: string, onProgress?: (step: JoinStep) => void): Promise<JoinOutcome>
  /** Receives every granted stream until nothing is left. Going on after a failure starts where it stopped. */
  download(onProgress?: (progress: DownloadProgress) => void): Promise<Outcome>

  /** Judges a scan, and writes the check-in when it is admitted. Returns when it is durable, never before. */
  checkIn(post: Post, scan: Scan): Promise<ScanResult>
  /** 放行: writes a check-in with the reason, whatever the verdict was. */
  admitAnyway(post: Post, ticket: TicketId, by: CheckInWay, reason: string): Promise<ScanResult>
  /** Writes any other operation. Throws TypeError for a body that the kind's schema turns down: that is a bug of the caller. */
  record(stream: StreamName, kind: string, body: unknown): Promise<RecordOutcome>
  /** 撤销: writes a `void` of an operation, in its stream. */
  undo(target: { device: DeviceId; n: number; stream: StreamName }, reason: string): Promise<RecordOutcome>

  /**
   * People on the roster by what was typed: their name in characters, pinyin or initials, or mixed; the last digits of their phone; the beginning of
   * their code. At most `limit`, the closest first. The first search takes longer: it reads the roster once.
   * @throws StorageError when the roster can't be read
   */
  searchAttendees(typed: string, limit: number): Promise<Attendee[]>

  /** Reads a code with the festival's keys. Before joining there are none, and nothing can be read. */
  readTicket(text: string): Promise<TicketReading>
  /** This phone scans at this post from now on: where places are limited it asks for some, and gives back those it has elsewhere. */
  workAt(post: Post): Promise<void>
  /** Where this phone works, by its id; undefined when nobody said. */
  post(): string | undefined
  /** What this phone may still give away at a post; undefined where places are not limited. It changes with `status`. */
  room(post: Post): Room | undefined
  /** The latest check-ins written on this phone, newest first, each with what has become of it. */
  recent(limit: number): RecentCheckIn[]
  /** 人次 at a post on the festival's present day, as far as this phone knows. */
  todayNumber(post: string): number

  status(): SyncStatus
  /** Keeps this phone in sync until the returned function is called. Calling it before joining is fine. */
  startSync(): () => void
  /** Exchanges everything once, now; resolves when that is done or has failed. See `status().trouble`. */
  syncNow(): Promise<void>
  /** All that the topmost server has not acknowledged, of this phone and of those it carries for, signed, as the text of a file or of codes. */
  handOver(): Promise<HandOverOutcome>
  /** Takes along what another phone handed over; the text may be anything. Returns when it is durable. What is here already changes nothing. */
  receive(text: string): Promise<ReceiveOutcome>
  /** Calls the listener after every change of that sort; returns how to stop. */
  subscribe(listener: (change: Change) => void): () => void

  /** Writes, reads back and deletes in the database that must last. */
  testStorage(): Promise<StorageTest>
  /** Asks the browser not to evict what is stored here. */
  askPersistence(): Promise<boolean>
  /** How much room the browser gives, as far as it tells. */
  storageRoom(): Promise<StorageRoom | undefined>
  /** Measures how far the server's clock is ahead of this phone's, in milliseconds, and corrects by it from now on. */
  measureClock(): Promise<{ offset: number } | { fault: Trouble }>
  /** Asks the server, as this phone, for something beside sync; believes only an answer of the schema's shape. */
  ask<Schema extends v.GenericSchema>(question: Question<Schema>): Promise<Answer<v.InferOutput<Schema>>>
  /** Closes databases and channels. */
  close(): void
}

export interface Question<Schema extends v.GenericSchema> {
  path: `/api/${string}`
  /** With one it is a POST, without a GET. */
  body?: unknown
  schema: Schema
}
export type Answer<T> = { ok: true; value: T } | { ok: false; trouble: Trouble }

export type Change = 'state' | 'status' | 'identity'

export interface Identity {
  device: DeviceId
  /** What people call this phone. */
  name: string
  role: Role
  venue?: string
  /** Streams granted; an organiser's may be patterns such as `floor:*`. */
  streams: StreamName[]
  festival: { id: string; number: number; name: string; firstDay: string; lastDay: string; timeZone: string }
  joinedAt: number
  /** Its operations exist in two versions (a restored or cloned phone): it writes nothing more and must join again. */
  frozen?: boolean
  /** The organiser took it out: personal data is gone from it, what was not sent stays for export. */
  revoked?: boolean
  /** The browser threw its records away while a page was open, which put back what it remembered: that is still sent, and it must join again. */
  cleared?: boolean
}

/** Why an exchange came to nothing: no network, no answer in time, not our server's answer, or what the server said. */
export type Trouble = 'offline' | 'timeout' | 'nonsense' | ProblemCode | StorageFault

export type JoinStep = 'storage' | 'key' | 'server' | 'saved'
export type Outcome = { ok: true } | { ok: false; code: Trouble }
export type JoinOutcome = Outcome

/** `nothing`: the topmost server has everything. `operations`: how many are in it. */
export type HandOverOutcome = { ok: true; text: string; operations: number } | { ok: false; code: 'not-joined' | 'nothing' | StorageFault }

/** `operations`: how many were in it, `fresh`: those of them that this phone neither wrote, nor carried, nor had heard of. */
export type ReceiveOutcome =
  | { ok: true; operations: number; fresh: number }
  | { ok: false; code: HandOverFault | 'not-joined' | 'device-revoked' | 'other-festival' | StorageFault }

export interface DownloadProgress {
  /** Operations. `expected` grows while the server still tells of more. */
  received: number
  expected: number
  /** Bytes of the answers, unpacked. */
  bytes: number
}

/** `not-joined`: no identity or no festival here yet. `too-large`: over 16 KB, which a server would put aside. */
export type RecordFault = StorageFault | 'not-joined' | 'device-frozen' | 'device-revoked' | 'device-cleared' | 'too-large'
export type RecordOutcome = { ok: true; operation: Operation } | { ok: false; fault: RecordFault }

export interface ScanVerdict {
  verdict: Verdict
  /** What was written; a repeat and a refusal write nothing. */
  operation?: Operation
  /** 人次 at this post today, with this one. */
  todayNumber: number
  /** The moment (ms) up to which the other phones' check-ins at this venue are known; undefined: never heard any. */
  knownUntil?: number
}
export type ScanResult = ScanVerdict | { fault: RecordFault }

export interface RecentCheckIn {
  operation: Operation
  ticket: TicketId
  attendee?: Attendee
  /** `repeat`: another check-in of the same ticket came before it (`first`). `quarantined`: the server put it aside. */
  standing: 'stands' | 'voided' | 'repeat' | 'quarantined'
  first?: CheckIn
}

export interface SyncStatus {
  /** Operations written on this phone that the server has not acknowledged; those put aside by it are in `quarantined` instead. */
  waiting: number
  waitingByKind: Record<string, number>
  /** When the oldest of them was written, in milliseconds. */
  oldestAt?: number
  /** Acknowledged by the server that was reached, not yet known to be on the topmost one. */
  halfway: number
  /** When the last complete answer came, in milliseconds of the corrected clock. */
  lastSuccess?: number
  /** The moment up to which other phones' check-ins are known in every granted floor stream. */
  knownUntil?: number
  phase: Phase
  /** What went wrong last, until an exchange succeeds. */
  trouble?: Trouble
  /** What the server put aside, and why. */
  quarantined: Quarantined[]
  /** The own records can't be read: what is counted here may be behind what another tab has written. */
  storageFault?: StorageFault
  /** A record found no room since this page was opened: what can be had again was let go of to make some. */
  full?: boolean
  /** What others write can't be read or kept on this phone: own records are still written and sent. */
  pictureFault?: StorageFault
  /** Of those waiting, the ones that sync can't deliver (written as a device that is frozen, revoked or unknown to the server): export them. */
  undeliverable: number
  /** Operations of other phones that this one carries to the server; in no other figure here. */
  carried: number
  /** Of those, what a server would not take when it was brought, and why. It is brought again later, and goes along when this phone hands over. */
  carriedAside: CarriedAside[]
}

/** A batch of another phone: `halfway` when a hub has it, and it is not yet known to be on the topmost server. */
export interface CarriedAside {
  device: DeviceId
  operations: number
  why: Trouble | 'halfway'
}

/** What sync is doing in this tab; see sync-machine.ts. */
export type Phase = 'off' | 'following' | 'exchanging' | 'listening' | 'resting' | 'backing-off' | 'held-off' | 'stopped'

export type StorageTest = { ok: true; milliseconds: number } | { ok: false; fault: StorageFault }
