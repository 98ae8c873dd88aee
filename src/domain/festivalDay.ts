import type { Festival } from './entities'
import { daysBetween, localDay, startOfLocalDay } from './localTime'

type Days = Pick<Festival, 'firstDay' | 'lastDay' | 'timeZone'>

/** Which day of the festival a moment falls on: 0 is the first, negative is before it. */
export function dayOfFestival(milliseconds: number, festival: Days): number {
  return daysBetween(festival.firstDay, localDay(milliseconds, festival.timeZone))
}

/**
 * The moment to show and to judge by. A sample is tried on any day of any year: outside its own days it is
 * always its first day, at the same time of day. What is recorded keeps its true time.
 */
export function festivalTime(milliseconds: number, festival: Days & Pick<Festival, 'sample'>): number {
  if (!festival.sample) return milliseconds
  const today = localDay(milliseconds, festival.timeZone)
  if (today >= festival.firstDay && today <= festival.lastDay) return milliseconds
  return startOfLocalDay(festival.firstDay, festival.timeZone) + (milliseconds - startOfLocalDay(today, festival.timeZone))
}
