import { describe, expect, test } from 'vitest'
import type { Activity, Festival } from '../../src/domain/entities'
import type { Programme } from '../../src/domain/programme'
import {
  clash, dayToShow, daysOf, entriesOf, filterEntries, firstOf, isOn, isPast, outlook, overlaps, planOfDay, shownIn, timelineOf,
} from '../../src/domain/schedule'

const timeZone = 'Asia/Shanghai'

function activity(id: string, times: string, more: Partial<Activity> = {}): Activity {
  const [start, end] = times.split(' – ').map((time) => (time.includes('T') ? time : `2023-05-20T${time}`)) as [string, string]
  return {
    id, venue: 'v-main', name: { zh: id }, start: `${start}:00+08:00`, end: `${end}:00+08:00`,
    signup: 'walk-in', groups: [], services: [], dropIn: false, staffOnly: false, status: 'planned', revision: 1, ...more,
  }
}

function programme(...activities: Activity[]): Programme {
  return {
    festival: { id: 'f', firstDay: '2023-05-20', lastDay: '2023-05-28', timeZone } as Festival,
    venues: [{ id: 'v-main', name: { zh: '康庄公园' }, kind: 'main_venue' }],
    zones: [{ id: 'z-red', venue: 'v-main', name: { zh: '红区' }, order: 1, colour: 'red' }],
    booths: [{ id: 'b-r1', venue: 'v-main', zone: 'z-red', name: { zh: '议事台' }, services: [], checkIn: true }],
    activities, services: [], links: [], notices: [], hosts: [],
  }
}

const entries = (...activities: Activity[]) => entriesOf(programme(...activities), timeZone)
const ids = (found: readonly { activity: Activity }[]) => found.map((entry) => entry.activity.id)
const at = (time: string) => Date.parse(`2023-05-${time}:00+08:00`)

describe('entries', () => {
  test('are in the order of start, end, id', () => {
    expect(ids(entries(activity('c', '10:00 – 11:00'), activity('b', '10:00 – 11:00'), activity('a', '10:00 – 12:00'), activity('d', '09:00 – 09:30'))))
      .toEqual(['d', 'b', 'c', 'a'])
  })

  test('find their zone through their booth when they name none', () => {
    expect(entries(activity('a', '10:00 – 11:00', { booth: 'b-r1' }))[0]?.zone?.id).toBe('z-red')
  })

  test('count days by the festival, not by UTC, and midnight as the end of the day before', () => {
    const [early, late] = entries(activity('early', '06:00 – 07:00'), activity('late', '20:00 – 2023-05-21T00:00'))
    expect(early).toMatchObject({ firstDay: '2023-05-20', lastDay: '2023-05-20' })
    expect(late).toMatchObject({ firstDay: '2023-05-20', lastDay: '2023-05-20' })
  })

  test('that end before they begin take no time', () => {
    const [entry] = entries(activity('a', '11:00 – 10:00'))
    expect(entry?.end).toBe(entry?.start)
  })

  test('know what they are part of, in a circle too', () => {
    const [a, b, c] = entries(
      activity('a', '09:00 – 17:00'), activity('b', '10:00 – 12:00', { parent: 'a' }), activity('c', '10:30 – 11:00', { parent: 'b' }))
    expect([a?.partOf, b?.partOf, c?.partOf]).toEqual([[], ['a'], ['b', 'a']])
    expect(entries(activity('x', '09:00 – 10:00', { parent: 'y' }), activity('y', '09:00 – 10:00', { parent: 'x' }))[0]?.partOf).toEqual(['y'])
  })
})

describe('filters', () => {
  const list = entries(
    activity('red', '10:00 – 11:00', { zone: 'z-red', category: 'culture' }),
    activity('plain', '10:00 – 11:00'),
    activity('elsewhere', '10:00 – 11:00', { venue: 'v-branch', category: 'culture' }))

  test('by venue, zone and category, all together', () => {
    expect(ids(filterEntries(list, {}))).toHaveLength(3)
    expect(ids(filterEntries(list, { venue: 'v-main' }))).toEqual(['plain', 'red'])
    expect(ids(filterEntries(list, { category: 'culture' }))).toEqual(['elsewhere', 'red'])
    expect(ids(filterEntries(list, { venue: 'v-main', zone: 'z-red', category: 'culture' }))).toEqual(['red'])
    expect(ids(filterEntries(list, { venue: 'v-branch', zone: 'z-red' }))).toEqual([])
  })
})

describe('days', () => {
  test('each once, those between the ends of a long one too', () => {
    expect(daysOf(entries(activity('a', '10:00 – 11:00'), activity('b', '12:00 – 2023-05-22T13:00')))).toEqual(['2023-05-20', '2023-05-21', '2023-05-22'])
  })

  test('a mistyped year does not fill the phone', () => {
    expect(daysOf(entries(activity('a', '10:00 – 3023-05-20T11:00')))).toHaveLength(62)
  })

  test('today, else the next, else the last', () => {
    const days = ['2023-05-20', '2023-05-22']
    expect(dayToShow(days, '2023-05-20')).toBe('2023-05-20')
    expect(dayToShow(days, '2023-05-21')).toBe('2023-05-22')
    expect(dayToShow(days, '2023-06-01')).toBe('2023-05-22')
    expect(dayToShow([], '2023-05-20')).toBeUndefined()
  })
})

describe('now and next', () => {
  const list = entries(
    activity('frame', '10:00 – 16:30'), activity('class', '10:15 – 10:45'), activity('council', '10:30 – 11:30'),
    activity('kite', '11:00 – 11:40'), activity('repair', '10:00 – 16:00', { dropIn: true }),
    activity('curling', '2023-05-22T10:00 – 2023-05-22T16:00', { dropIn: true }))

  test('what began last stands first; drop-ins stand apart', () => {
    const { day, now, next, dropIns } = outlook(list, at('20T10:32'), timeZone)
    expect(day).toBe('2023-05-20')
    expect(ids(now)).toEqual(['council', 'class', 'frame'])
    expect(ids(next)).toEqual(['kite'])
    expect(ids(dropIns)).toEqual(['repair'])
  })

  test('the first moment belongs to it, the last does not', () => {
    const [entry] = entries(activity('a', '10:00 – 11:00'))
    if (!entry) throw new Error('no entry')
    expect([isOn(entry, at('20T09:59')), isOn(entry, at('20T10:00')), isOn(entry, at('20T11:00'))]).toEqual([false, true, false])
    expect([isPast(entry, at('20T10:59')), isPast(entry, at('20T11:00'))]).toEqual([false, true])
  })

  test('before the first, all of the day is next', () => {
    expect(ids(outlook(list, at('20T08:00'), timeZone).next)).toEqual(['frame', 'class', 'council', 'kite'])
  })

  test('when today is over, the next day with something is told, be it drop-ins alone', () => {
    expect(outlook(list, at('20T18:00'), timeZone)).toMatchObject({ day: '2023-05-22', now: [], next: [] })
    expect(ids(outlook(list, at('20T18:00'), timeZone).dropIns)).toEqual(['curling'])
  })

  test('one that runs over midnight is on, on its second day', () => {
    const night = entries(activity('night', '22:00 – 2023-05-21T02:00'))
    expect(outlook(night, at('21T01:00'), timeZone)).toMatchObject({ day: '2023-05-21' })
    expect(ids(outlook(night, at('21T01:00'), timeZone).now)).toEqual(['night'])
  })

  test('nothing left, nothing planned', () => {
    expect(outlook(list, at('23T10:00'), timeZone)).toEqual({ now: [], next: [], dropIns: [] })
    expect(outlook([], at('20T10:00'), timeZone).day).toBeUndefined()
  })
})

describe('the plan of a day', () => {
  const list = entries(
    activity('early', '09:00 – 09:30'), activity('ten', '10:00 – 11:00'), activity('half', '10:30 – 11:30'), activity('noon', '12:00 – 13:00'),
    activity('repair', '09:00 – 16:00', { dropIn: true }))

  test('hours, what is over apart, drop-ins apart', () => {
    const { past, hours, dropIns } = planOfDay(list, '2023-05-20', at('20T10:10'), timeZone)
    expect(ids(past)).toEqual(['early'])
    expect(hours.map(({ hour, entries: inHour }) => [hour, ids(inHour)])).toEqual([['2023-05-20T10', ['ten', 'half']], ['2023-05-20T12', ['noon']]])
    expect(ids(dropIns)).toEqual(['repair'])
  })

  test('the first few of it', () => {
    const plans = [planOfDay(list, '2023-05-20', at('20T10:10'), timeZone), planOfDay(list, '2023-05-20', at('20T10:10'), timeZone)]
    const shape = (limit: number) => firstOf(plans, limit).map(({ past, hours, dropIns }) =>
      [ids(past), ...hours.map(({ entries: inHour }) => ids(inHour)), ids(dropIns)])
    expect(plans.map(shownIn)).toEqual([4, 4])
    expect(shape(1)).toEqual([[['early'], ['ten'], []]])
    expect(shape(3)).toEqual([[['early'], ['ten', 'half'], ['noon'], []]])
    expect(shape(5)).toEqual([[['early'], ['ten', 'half'], ['noon'], ['repair']], [['early'], ['ten'], []]])
    expect(firstOf(plans, 100)).toEqual(plans)
  })

  test('a day that is over altogether is open', () => {
    const { past, hours } = planOfDay(list, '2023-05-20', at('21T10:00'), timeZone)
    expect(past).toEqual([])
    expect(hours).toHaveLength(3)
  })
})

describe('clashes', () => {
  const pair = (a: Activity, b: Activity) => entries(a, b) as [ReturnType<typeof entries>[0], ReturnType<typeof entries>[0]]

  test('intervals are half-open', () => {
    expect(overlaps({ start: 0, end: 10 }, { start: 10, end: 20 })).toBe(false)
    expect(overlaps({ start: 0, end: 11 }, { start: 10, end: 20 })).toBe(true)
    expect(clash(...pair(activity('a', '10:00 – 11:00'), activity('b', '11:00 – 12:00')))).toBe(false)
    expect(clash(...pair(activity('a', '10:00 – 11:01'), activity('b', '11:00 – 12:00')))).toBe(true)
  })

  test('drop-ins never clash, nor what is cancelled, nor a part with its whole', () => {
    const council = activity('council', '10:30 – 11:30', { parent: 'frame' })
    expect(clash(...pair(council, activity('repair', '10:00 – 16:00', { dropIn: true })))).toBe(false)
    expect(clash(...pair(council, activity('gone', '10:00 – 16:00', { status: 'cancelled' })))).toBe(false)
    expect(clash(...pair(council, activity('frame', '10:00 – 16:30')))).toBe(false)
    expect(clash(...pair(council, activity('other', '10:00 – 16:30')))).toBe(true)
  })

  test('a timeline has gaps and clashes, day by day', () => {
    const stops = timelineOf(entries(
      activity('a', '09:00 – 10:00'), activity('b', '09:30 – 09:45'), activity('c', '10:00 – 11:00'), activity('d', '11:20 – 12:00'),
      activity('repair', '11:00 – 16:00', { dropIn: true }), activity('next', '2023-05-21T09:00 – 2023-05-21T10:00')))
    expect(stops.map(({ entry, gap, clashes }) => [entry.activity.id, gap, ids(clashes)])).toEqual([
      ['a', undefined, ['b']], ['b', undefined, ['a']], ['c', undefined, []], ['repair', undefined, []], ['d', 20 * 60_000, []], ['next', undefined, []],
    ])
  })
})
