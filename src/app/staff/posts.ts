import type { Activity, Booth, Words, Zone } from '../../domain/entities'
import { localClock, localDay } from '../../domain/localTime'
import type { Programme } from '../../domain/programme'

/** A post that can be chosen, with what a person needs to tell it from the others. */
export interface PostChoice {
  id: string
  name: Words
  zone?: Zone
  /** When an activity is, `09:00–10:00`; a booth is there all day. */
  time?: string
  /** Going on now, or beginning within half an hour. */
  soon: boolean
}

export interface PostGroup {
  zone?: Zone
  choices: PostChoice[]
}

/** A gate opens before its activity does. */
const beforeStart = 30 * 60_000

/**
 * What may be scanned at, of one venue, zone by zone; within a zone what is on now, then the booths, then the rest of the
 * day. With a search, activities of other days are found too.
 * @param now festival time in milliseconds
 */
export function postGroups(programme: Programme, venue: string, now: number, search: string): PostGroup[] {
  const timeZone = programme.festival?.timeZone ?? 'UTC'
  const today = localDay(now, timeZone)
  const choiceOf = ({ id, name, zone, start, end }: Activity): PostChoice => {
    const [from, until] = [Date.parse(start), Date.parse(end)]
    const day = localDay(from, timeZone)
    const clock = `${localClock(from, timeZone)}–${localClock(until, timeZone)}`
    return {
      id, name, zone: zoneOf(programme, zone),
      time: day === today ? clock : `${day.slice(5).replace('-', '/')} ${clock}`,
      soon: from - beforeStart <= now && now < until,
    }
  }
  const activities = programme.activities
    .filter((activity) => activity.venue === venue && activity.status !== 'cancelled')
    .filter((activity) => search.trim() !== '' || localDay(Date.parse(activity.start), timeZone) === today)
    .sort((a, b) => Date.parse(a.start) - Date.parse(b.start))
    .map(choiceOf)
  const booths = boothsAt(programme, venue).filter(({ checkIn }) => checkIn).map((booth) => boothChoice(programme, booth))
  return grouped([...activities.filter(({ soon }) => soon), ...booths, ...activities.filter(({ soon }) => !soon)], search)
}

/** The booths of one venue, zone by zone. */
export function boothGroups(programme: Programme, venue: string, search: string): PostGroup[] {
  return grouped(boothsAt(programme, venue).map((booth) => boothChoice(programme, booth)), search)
}

function boothsAt(programme: Programme, venue: string): Booth[] {
  return programme.booths.filter((booth) => booth.venue === venue)
}

function boothChoice(programme: Programme, { id, name, zone }: Booth): PostChoice {
  return { id, name, zone: zoneOf(programme, zone), soon: false }
}

function zoneOf(programme: Programme, id: string | null | undefined): Zone | undefined {
  return programme.zones.find((zone) => zone.id === id)
}

/** By zone, in the zones' order; what is in none comes last. */
function grouped(choices: readonly PostChoice[], search: string): PostGroup[] {
  const wanted = search.trim().toLowerCase()
  const groups = new Map<Zone | undefined, PostChoice[]>()
  for (const choice of choices) {
    if (!textOf(choice).includes(wanted)) continue
    groups.set(choice.zone, [...(groups.get(choice.zone) ?? []), choice])
  }
  return [...groups].map(([zone, choices]) => ({ zone, choices })).sort((a, b) => orderOf(a) - orderOf(b))
}

function textOf({ name, zone, time }: PostChoice): string {
  return [name.zh, name.en, zone?.name.zh, zone?.name.en, zone?.word?.zh, time].join(' ').toLowerCase()
}

/** A number, and not Infinity: the difference of two of those would be none. */
function orderOf({ zone }: PostGroup): number {
  return zone ? zone.order : Number.MAX_SAFE_INTEGER
}
