/**
 * A hybrid logical clock in one integer: `milliseconds * 4096 + counter`.
 *
 * 4096 operations in one millisecond are more than a phone can write; a run longer than that carries into the
 * milliseconds, which is harmless. The integer stays exact (below 2^53) until September 2039.
 * Source: Kulkarni et al., "Logical Physical Clocks" (2014), with the pair packed as protocol.md says.
 */
const ticksPerMillisecond = 4096

/**
 * A time from another device that is further ahead than this does not move our clock: one phone set to next year must not
 * drag every other phone there. Five minutes is more than the drift of a phone that has been offline for a season.
 */
const farthestAhead = 5 * 60_000

/** The clock value of a moment, in milliseconds since 1970 UTC. */
export function clockAt(milliseconds: number, counter = 0): number {
  return Math.floor(milliseconds) * ticksPerMillisecond + counter
}

/** The moment a clock value stands for, in milliseconds since 1970 UTC. */
export function millisecondsOf(at: number): number {
  return Math.floor(at / ticksPerMillisecond)
}

/**
 * The next value for an operation written now: never at or below the last one, never behind the physical clock.
 * @param last the highest value written or received so far, 0 for none
 * @param now corrected physical time in milliseconds
 */
export function tick(last: number, now: number): number {
  return Math.max(last + 1, clockAt(now))
}

/** The clock after hearing `received`: moved forward, unless that is more than five minutes ahead of `now`. */
export function hear(last: number, received: number, now: number): number {
  return millisecondsOf(received) > now + farthestAhead ? last : Math.max(last, received)
}

/**
 * How far the server's clock is ahead of ours, in milliseconds, from one exchange: the server's answer is
 * taken to be from the middle of the round trip (Cristian 1989).
 */
export function measureOffset(sentAt: number, serverNow: number, receivedAt: number): number {
  return Math.round(serverNow - (sentAt + receivedAt) / 2)
}
