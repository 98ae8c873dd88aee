/** The first wait after a failure is at most a second, the longest a minute: a phone that finds the network again is in sync within that. */
const first = 1_000
const longest = 60_000

/**
 * Milliseconds to wait after so many failures in a row: full jitter, so that two hundred phones whose hub came back
 * don't all knock at once. Source: Brooker, "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015).
 * @param random at least 0, less than 1
 */
export function backoff(failures: number, random: number): number {
  return random * Math.min(longest, first * 2 ** (failures - 1))
}
