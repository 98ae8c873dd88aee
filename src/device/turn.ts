import type { Trouble } from './api'
import type { Courier } from './courier'
import type { Memory } from './memory'
import type { Outbox } from './outbox'
import type { Places } from './places'
import type { Ports } from './ports'
import type { Replica } from './replica'
import type { SyncEvent } from './sync-machine'

/** What the device keeps and what it reaches the world by. */
export interface Keep {
  ports: Ports
  memory: Memory
  outbox: Outbox
  replica: Replica
  courier: Courier
  places: Places
}

/** What one request came to. */
export interface Turn {
  event: Extract<SyncEvent, 'progress' | 'done' | 'failed' | 'held' | 'refused'>
  trouble?: Trouble
  /** Milliseconds that the server asked us to stay away. */
  retryAfter?: number
  /** Operations that came, and those that the server still has in the same streams. */
  received?: number
  left?: number
  /** Bytes of the answer, unpacked. */
  bytes?: number
}
