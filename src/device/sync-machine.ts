import type { Phase } from './api'

/**
 * What sync is doing in one tab, and what changes it.
 *
 *   off ──start──► following ──lead──► exchanging ◄─────┐
 *                                       │      └─progress┘
 *        ┌─────────────┬────────────────┼────────────┬──────────────┐
 *        │ done        │ done-rest      │ failed     │ held         │ refused
 *        ▼             ▼                ▼            ▼              ▼
 *    listening ───► resting        backing-off    held-off       stopped
 *        │  hidden,    │                │            │
 *        │  done-rest  │ record, hurry, │ hurry,     │ timer,
 *        │             │ online, shown, │ online,    │ and nothing else
 *        │ record,     │ timer          │ shown,     │
 *        │ hurry,      │                │ timer      │
 *        │ online,     ▼                ▼            ▼
 *        └─progress──► exchanging ◄─────┴────────────┘
 *
 * `done` leads from listening to itself; it fails, is held and is refused just as exchanging is. `stop` leads from
 * anywhere to off. Everything else stays where it is.
 *
 * A state is what is being done: entering one begins it and leaving it ends it (a request is aborted, a timer cancelled).
 *   following    another tab leads; this one waits for the lock
 *   exchanging   a request is on its way that sends what waits and receives what is new
 *   listening    everything is exchanged, and a request waits at the server for news
 *   resting      everything is exchanged, and there is nothing to listen for: a request now and then
 *   stopped      frozen or revoked: only a person can go on, by joining again
 */
export type SyncEvent =
  | 'start' | 'stop'
  /** This tab holds the lock. */
  | 'lead'
  /** Something was written on this phone, in whichever tab. It does not shorten a wait after failures: a gate scans every two seconds. */
  | 'record'
  /** Somebody asked for it. */
  | 'hurry'
  /** The browser believes that there is a network again. It is often wrong, so this only shortens a wait. */
  | 'online'
  | 'shown' | 'hidden' | 'timer'
  /** A complete answer, and there is more to send or to receive; or an obstacle was removed. */
  | 'progress'
  /** A complete answer, and nothing is left. `done-rest`: and nothing to listen for, because nobody looks at this page or this server does not wait. */
  | 'done' | 'done-rest'
  | 'failed' | 'held' | 'refused'

/** Its own name: leave the state and enter it again. */
type Next = Phase | 'stay'

export const syncTable: Readonly<Record<Phase, Readonly<Record<SyncEvent, Next>>>> = {
  'off': {
    start: 'following', stop: 'stay', lead: 'stay', record: 'stay', hurry: 'stay', online: 'stay', shown: 'stay', hidden: 'stay',
    timer: 'stay', progress: 'stay', done: 'stay', 'done-rest': 'stay', failed: 'stay', held: 'stay', refused: 'stay',
  },
  'following': {
    start: 'stay', stop: 'off', lead: 'exchanging', record: 'stay', hurry: 'stay', online: 'stay', shown: 'stay', hidden: 'stay',
    timer: 'stay', progress: 'stay', done: 'stay', 'done-rest': 'stay', failed: 'stay', held: 'stay', refused: 'stay',
  },
  'exchanging': {
    start: 'stay', stop: 'off', lead: 'stay', record: 'stay', hurry: 'stay', online: 'stay', shown: 'stay', hidden: 'stay',
    timer: 'stay', progress: 'exchanging', done: 'listening', 'done-rest': 'resting', failed: 'backing-off', held: 'held-off', refused: 'stopped',
  },
  'listening': {
    start: 'stay', stop: 'off', lead: 'stay', record: 'exchanging', hurry: 'exchanging', online: 'exchanging', shown: 'stay', hidden: 'resting',
    timer: 'stay', progress: 'exchanging', done: 'listening', 'done-rest': 'resting', failed: 'backing-off', held: 'held-off', refused: 'stopped',
  },
  'resting': {
    start: 'stay', stop: 'off', lead: 'stay', record: 'exchanging', hurry: 'exchanging', online: 'exchanging', shown: 'exchanging', hidden: 'stay',
    timer: 'exchanging', progress: 'stay', done: 'stay', 'done-rest': 'stay', failed: 'stay', held: 'stay', refused: 'stay',
  },
  'backing-off': {
    start: 'stay', stop: 'off', lead: 'stay', record: 'stay', hurry: 'exchanging', online: 'exchanging', shown: 'exchanging', hidden: 'stay',
    timer: 'exchanging', progress: 'stay', done: 'stay', 'done-rest': 'stay', failed: 'stay', held: 'stay', refused: 'stay',
  },
  'held-off': {
    start: 'stay', stop: 'off', lead: 'stay', record: 'stay', hurry: 'stay', online: 'stay', shown: 'stay', hidden: 'stay',
    timer: 'exchanging', progress: 'stay', done: 'stay', 'done-rest': 'stay', failed: 'stay', held: 'stay', refused: 'stay',
  },
  'stopped': {
    start: 'stay', stop: 'off', lead: 'stay', record: 'stay', hurry: 'stay', online: 'stay', shown: 'stay', hidden: 'stay',
    timer: 'stay', progress: 'stay', done: 'stay', 'done-rest': 'stay', failed: 'stay', held: 'stay', refused: 'stay',
  },
}
