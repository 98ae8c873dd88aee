import { localClock, localDay } from '../../domain/localTime'
import type { Say } from '../messages/say'

const minute = 60_000

/** `09:12`, and on another day than today `05/20 09:12`: a time without its day would pass for today's. */
export function momentOf(milliseconds: number, now: number, timeZone: string): string {
  const clock = localClock(milliseconds, timeZone)
  const day = localDay(milliseconds, timeZone)
  return day === localDay(now, timeZone) ? clock : `${day.slice(5).replace('-', '/')} ${clock}`
}

/** `32 分`, `2 小时 5 分`, `不到 1 分`; a begun minute does not count. */
export function ageInWords(say: Say, milliseconds: number): string {
  const minutes = Math.max(0, Math.floor(milliseconds / minute))
  if (minutes < 1) return say('shell.sync.underMinute')
  if (minutes < 60) return say('shell.sync.minutes', { n: minutes })
  return say('shell.sync.hours', { h: Math.floor(minutes / 60), m: minutes % 60 })
}
