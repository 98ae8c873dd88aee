/**
 * The one kind of fact. Everything Linli knows is a set of operations; nothing is ever changed, only
 * named by a later one. See docs/protocol.md, "Facts".
 */

/** 12 lower-case Crockford base32 characters, one per incarnation of a phone. */
export type DeviceId = string
/** 8 upper-case Crockford base32 characters, without the hyphen people see. */
export type TicketId = string
/** `programme`, `control`, or a class and a venue: `floor:v-main`. */
export type StreamName = string

/** What a device writes and signs: `device` and `n` come from the batch around it. */
export interface WrittenOperation {
  /** Hybrid logical clock: `milliseconds * 4096 + counter`. See clock.ts. */
  at: number
  stream: StreamName
  kind: string
  /** What the kind says; `null` once it has been erased. */
  body: unknown
}

export interface Operation extends WrittenOperation {
  device: DeviceId
  /** 1, 2, 3 … without a gap for each device. */
  n: number
}

/** Who said something, when, and where: what every folded fact keeps of its operation. */
export type Source = Pick<Operation, 'device' | 'n' | 'at' | 'stream'>

/** The identity of an operation as one string, for maps. */
export function operationId(operation: { device: DeviceId; n: number }): string {
  return `${operation.device}:${operation.n}`
}

/**
 * The total order of operations: by `at`, ties by device, then by `n`.
 * Strings are compared by code unit, so that no locale can change the order.
 */
export function compareSources(a: Omit<Source, 'stream'>, b: Omit<Source, 'stream'>): number {
  if (a.at !== b.at) return a.at - b.at
  if (a.device !== b.device) return a.device < b.device ? -1 : 1
  return a.n - b.n
}
