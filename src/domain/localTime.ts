/**
 * Local days and hours of a festival's own time zone. The zone is data (`festival.timeZone`), never the
 * phone's, so the same operation falls on the same day everywhere.
 */
const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const formats = new Map<string, Intl.DateTimeFormat>()
const offsets = new Map<string, number>()

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric',
      hour: 'numeric', minute: 'numeric', second: 'numeric',
    })
    formats.set(timeZone, format)
  }
  return format
}

/** Whether this engine knows the zone; with any other name the functions here throw RangeError. */
export function isTimeZone(timeZone: string): boolean {
  try {
    formatOf(timeZone)
    return true
  } catch {
    return false
  }
}

/** Milliseconds that local time is ahead of UTC at this instant. */
function offsetAt(milliseconds: number, timeZone: string): number {
  // Zones change their offset on a quarter of an hour, so one answer serves the quarter: formatting is the slow part.
  const quarter = Math.floor(milliseconds / (15 * minute))
  const key = `${timeZone} ${quarter}`
  const known = offsets.get(key)
  if (known !== undefined) return known
  const start = quarter * 15 * minute
  const parts: Record<string, number> = {}
  for (const { type, value } of formatOf(timeZone).formatToParts(start)) parts[type] = Number(value)
  const local = Date.UTC(parts.year ?? 0, (parts.month ?? 1) - 1, parts.day ?? 1, parts.hour ?? 0, parts.minute ?? 0, parts.second ?? 0)
  // A report over years must not grow this for ever; a day has 96 quarters.
  if (offsets.size > 10_000) offsets.clear()
  offsets.set(key, local - start)
  return local - start
}

function localIso(milliseconds: number, timeZone: string): string {
  return new Date(milliseconds + offsetAt(milliseconds, timeZone)).toISOString()
}

/** `2023-05-20` */
export function localDay(milliseconds: number, timeZone: string): string {
  return localIso(milliseconds, timeZone).slice(0, 10)
}

/** `2023-05-20T09` */
export function localHour(milliseconds: number, timeZone: string): string {
  return localIso(milliseconds, timeZone).slice(0, 13)
}

/** `09:12` */
export function localClock(milliseconds: number, timeZone: string): string {
  return localIso(milliseconds, timeZone).slice(11, 16)
}

/** Whole days from one local day to another; both as `2023-05-20`. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / day)
}

/**
 * The instant of a local day's first moment, in milliseconds; right also where clocks change at midnight, so that the day
 * begins at 01:00 or its first hour comes twice.
 */
export function startOfLocalDay(localDate: string, timeZone: string): number {
  const utc = Date.parse(`${localDate}T00:00:00Z`)
  // Local midnight is within 14 hours of UTC's: a change near it lies between these two.
  const offsets = [offsetAt(utc - day, timeZone), offsetAt(utc + day, timeZone)]
  const earlier = utc - Math.max(...offsets)
  return localDay(earlier, timeZone) === localDate ? earlier : utc - Math.min(...offsets)
}

/** The local day after or before by `days`. */
export function addDays(localDate: string, days: number): string {
  return new Date(Date.parse(`${localDate}T00:00:00Z`) + days * day).toISOString().slice(0, 10)
}
