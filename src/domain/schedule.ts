import type { Activity, Booth, Venue, Zone } from './entities'
import { addDays, localDay, localHour } from './localTime'
import type { Programme } from './programme'

/** One activity with what a list needs to know of it, worked out once. Instants are in milliseconds since 1970 UTC. */
export interface Entry {
  activity: Activity
  start: number
  /** The first instant that no longer belongs to it: intervals are half-open. Never before `start`. */
  end: number
  /** Local days, as `2023-05-20`. One that ends at midnight doesn't reach the next day. */
  firstDay: string
  lastDay: string
  venue?: Venue
  zone?: Zone
  booth?: Booth
  /** What it is part of: its parent, the parent's parent … */
  partOf: string[]
}

/** Every activity of a programme in the order of time: by start, then end, then id. */
export function entriesOf(programme: Programme, timeZone: string): Entry[] {
  const venues = byId(programme.venues)
  const zones = byId(programme.zones)
  const booths = byId(programme.booths)
  const activities = byId(programme.activities)
  return programme.activities
    .map((activity): Entry => {
      const start = Date.parse(activity.start)
      const end = Math.max(start, Date.parse(activity.end))
      const booth = booths.get(activity.booth ?? '')
      return {
        activity, start, end,
        firstDay: localDay(start, timeZone),
        lastDay: localDay(Math.max(start, end - 1), timeZone),
        venue: venues.get(activity.venue),
        zone: zones.get(activity.zone ?? booth?.zone ?? ''),
        booth,
        partOf: ancestorsOf(activity, activities),
      }
    })
    .sort((a, b) => a.start - b.start || a.end - b.end || (a.activity.id < b.activity.id ? -1 : 1))
}

function byId<T extends { id: string }>(things: readonly T[]): Map<string, T> {
  return new Map(things.map((thing) => [thing.id, thing]))
}

function ancestorsOf(activity: Activity, activities: Map<string, Activity>): string[] {
  const found: string[] = []
  let parent = activity.parent
  // A programme by other hands may go in a circle.
  while (parent && parent !== activity.id && !found.includes(parent)) {
    found.push(parent)
    parent = activities.get(parent)?.parent
  }
  return found
}

export interface ActivityFilter {
  venue?: string
  zone?: string
  category?: string
}

/** The entries that match everything the filter names. */
export function filterEntries(entries: readonly Entry[], { venue, zone, category }: ActivityFilter): Entry[] {
  return entries.filter((entry) =>
    (venue === undefined || entry.activity.venue === venue)
    && (zone === undefined || entry.zone?.id === zone)
    && (category === undefined || entry.activity.category === category))
}

export const isPast = (entry: Entry, at: number): boolean => entry.end <= at
export const isOn = (entry: Entry, at: number): boolean => entry.start <= at && at < entry.end
export const isOnDay = (entry: Entry, day: string): boolean => entry.firstDay <= day && day <= entry.lastDay

/** Days that one activity may name in a list of days: the longest festival runs two months, and a year mistyped must not fill a phone. */
const longestRun = 62

/** The local days on which something is planned, in order, each once. */
export function daysOf(entries: readonly Entry[]): string[] {
  const days = new Set<string>()
  for (const { firstDay, lastDay } of entries) {
    const last = [lastDay, addDays(firstDay, longestRun - 1)].sort()[0] ?? firstDay
    for (let day = firstDay; day <= last; day = addDays(day, 1)) days.add(day)
  }
  return [...days].sort()
}

/** What somebody who looks up from the phone wants to know. */
export interface Outlook {
  /** The day it is about: today, or when nothing is left today the next day with something; undefined when all is over. */
  day?: string
  /** On at this moment; what began last comes first, so that a frame that lasts all day is at the end. */
  now: Entry[]
  /** Timed, still to begin on that day. */
  next: Entry[]
  /** Come at any moment: open now or later on that day. */
  dropIns: Entry[]
}

/** Now and next among these entries, which must be in the order of time. */
export function outlook(entries: readonly Entry[], at: number, timeZone: string): Outlook {
  const left = entries.filter((entry) => !isPast(entry, at))
  const today = localDay(at, timeZone)
  const day = left.reduce<string | undefined>((earliest, entry) => {
    const shown = entry.firstDay < today ? today : entry.firstDay
    return earliest === undefined || shown < earliest ? shown : earliest
  }, undefined)
  if (day === undefined) return { now: [], next: [], dropIns: [] }
  const here = left.filter((entry) => isOnDay(entry, day))
  const timed = here.filter((entry) => !entry.activity.dropIn)
  return {
    day,
    now: timed.filter((entry) => isOn(entry, at)).sort((a, b) => b.start - a.start || a.end - b.end),
    next: timed.filter((entry) => entry.start > at),
    dropIns: here.filter((entry) => entry.activity.dropIn),
  }
}

/** The day to open a list on: today when it has something, else the next day that has, else the last. */
export function dayToShow(days: readonly string[], today: string): string | undefined {
  return days.find((day) => day >= today) ?? days.at(-1)
}

export interface HourGroup {
  /** `2023-05-20T09` */
  hour: string
  entries: Entry[]
}

/** One day of a list: what is over apart from what is still to come, drop-ins apart from what has its time. */
export interface DayPlan {
  day: string
  past: Entry[]
  hours: HourGroup[]
  dropIns: Entry[]
}

/** The plan of one day. A day that is over altogether is shown open: folding all of it would leave nothing to read. */
export function planOfDay(entries: readonly Entry[], day: string, at: number, timeZone: string): DayPlan {
  const here = entries.filter((entry) => isOnDay(entry, day))
  const over = here.every((entry) => isPast(entry, at))
  const past = over ? [] : here.filter((entry) => isPast(entry, at))
  const open = over ? here : here.filter((entry) => !isPast(entry, at))
  return {
    day, past,
    hours: groupByHour(open.filter((entry) => !entry.activity.dropIn), timeZone),
    dropIns: open.filter((entry) => entry.activity.dropIn),
  }
}

/** How many activities a plan shows; what is folded away is not among them. */
export function shownIn({ hours, dropIns }: DayPlan): number {
  return hours.reduce((sum, { entries }) => sum + entries.length, dropIns.length)
}

/** The first so many activities of plans that follow each other. A day keeps what is over on it, as long as any of it is shown. */
export function firstOf(plans: readonly DayPlan[], limit: number): DayPlan[] {
  const taken: DayPlan[] = []
  let left = limit
  for (const plan of plans) {
    if (left <= 0) break
    const hours: HourGroup[] = []
    for (const { hour, entries } of plan.hours) {
      if (left <= 0) break
      hours.push({ hour, entries: entries.slice(0, left) })
      left -= entries.length
    }
    const dropIns = plan.dropIns.slice(0, Math.max(0, left))
    left -= plan.dropIns.length
    taken.push({ ...plan, hours, dropIns })
  }
  return taken
}

/** Neighbours in time that begin in the same local hour. */
export function groupByHour(entries: readonly Entry[], timeZone: string): HourGroup[] {
  const groups: HourGroup[] = []
  for (const entry of entries) {
    const hour = localHour(entry.start, timeZone)
    const last = groups.at(-1)
    if (last?.hour === hour) last.entries.push(entry)
    else groups.push({ hour, entries: [entry] })
  }
  return groups
}

/** Whether two half-open intervals share a moment: one that ends at 10:00 and one that begins at 10:00 don't. */
export function overlaps(a: Pick<Entry, 'start' | 'end'>, b: Pick<Entry, 'start' | 'end'>): boolean {
  return a.start < b.end && b.start < a.end
}

/**
 * Whether nobody could be at both. A drop-in waits for you, a cancelled one doesn't take place, and a part
 * is come to with its whole.
 */
export function clash(a: Entry, b: Entry): boolean {
  return takesItsTime(a) && takesItsTime(b) && overlaps(a, b)
    && !a.partOf.includes(b.activity.id) && !b.partOf.includes(a.activity.id)
}

const takesItsTime = ({ activity }: Entry): boolean => !activity.dropIn && activity.status !== 'cancelled'

export interface TimelineStop {
  entry: Entry
  /** Milliseconds free since everything before it on its day ended; absent for the first of a day and where nothing is free. */
  gap?: number
  clashes: Entry[]
}

/** Kept entries as a way through the day. They must be in the order of time. */
export function timelineOf(entries: readonly Entry[]): TimelineStop[] {
  const busyUntil = new Map<string, number>()
  return entries.map((entry) => {
    const stop: TimelineStop = { entry, clashes: entries.filter((other) => other !== entry && clash(entry, other)) }
    if (!takesItsTime(entry)) return stop
    const before = busyUntil.get(entry.firstDay)
    if (before !== undefined && before < entry.start) stop.gap = entry.start - before
    busyUntil.set(entry.firstDay, Math.max(before ?? 0, entry.end))
    return stop
  })
}
