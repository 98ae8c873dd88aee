import type { Say } from '../../messages/say'
import { ageInWords, momentOf } from '../../staff/moment'

/** With a network phones hear each other within a second; after a quarter of an hour the silence is worth a word. In milliseconds. */
const silence = 15 * 60_000

/**
 * How fresh this phone's picture of the others is, in one line.
 * @param knownUntil the moment up to which the others' check-ins are here, in milliseconds; undefined: nothing was ever heard
 */
export function freshness(say: Say, knownUntil: number | undefined, now: number, timeZone: string): string {
  if (knownUntil === undefined) return say('scan.fresh.never')
  const time = momentOf(knownUntil, now, timeZone)
  const age = now - knownUntil
  return age < silence ? say('scan.fresh.known', { time }) : say('scan.fresh.silent', { time, age: ageInWords(say, age) })
}
