import { describe, expect, it } from 'vitest'
import { stateOf } from '../../src/domain/fold'
import type { Operation } from '../../src/domain/operation'
import { programmeOf, publishedProgramme } from '../../src/domain/programme'
import { festivalValue, phone, time, voiding } from './story'

/** The programme, the same whichever way round it was heard. */
function programme(...operations: Operation[]) {
  const found = programmeOf(stateOf(operations))
  expect(programmeOf(stateOf(operations.toReversed()))).toEqual(found)
  return found
}

const booth = (venue: string, zh: string) => ({ venue, name: { zh } })
const put = (id: string, value: object, venue?: string) => ({ type: 'booth', id, venue, value })
const names = (...operations: Operation[]) => programme(...operations).booths.map(({ name }) => name.zh)

describe('a thing of the programme', () => {
  it('is what its last writer said', () => {
    const a = phone('a')
    const b = phone('b')
    const first = a('programme', 'put', put('x', booth('v-main', 'first')), time('09:00'))
    const second = b('programme', 'put', put('x', booth('v-main', 'second')), time('09:01'))
    expect(names(second, first)).toEqual(['second'])
    expect(names(first, second, a('programme', 'void', voiding(second)))).toEqual(['first'])
    expect(names(first, second, a('control', 'device.revoke', { device: 'b', after: 0 }))).toEqual(['first'])
  })

  it('at one moment is the greater device\'s, then the greater number\'s', () => {
    const a = phone('a')
    const b = phone('b')
    const fromB = b('programme', 'put', put('x', booth('v-main', 'b')))
    const fromA = a('programme', 'put', put('x', booth('v-main', 'a')))
    expect(names(fromA, fromB)).toEqual(['b'])
    expect(names(fromA, a('programme', 'put', put('x', booth('v-main', 'a again'))))).toEqual(['a again'])
  })

  it('is gone when removed, and back with a later put', () => {
    const a = phone('a')
    const put1 = a('programme', 'put', put('x', booth('v-main', 'first')), time('09:00'))
    const removal = a('programme', 'remove', { type: 'booth', id: 'x' }, time('09:01'))
    expect(names(put1, removal)).toEqual([])
    expect(names(put1, removal, a('programme', 'put', put('x', booth('v-main', 'again')), time('09:02')))).toEqual(['again'])
    expect(names(put1, removal, a('programme', 'put', put('x', booth('v-main', 'too early')), time('08:59')))).toEqual([])
  })

  it('has the id it was put under, and is another thing under another type', () => {
    const a = phone('a')
    const found = programme(
      a('programme', 'put', put('x', { ...booth('v-main', 'booth'), id: 'liar' })),
      a('programme', 'put', { type: 'zone', id: 'x', value: booth('v-main', 'zone') }),
    )
    expect(found.booths).toMatchObject([{ id: 'x', name: { zh: 'booth' } }])
    expect(found.zones).toMatchObject([{ id: 'x', name: { zh: 'zone' } }])
  })

  it('keeps fields that this version doesn\'t know', () => {
    const a = phone('a')
    expect(programme(a('programme', 'put', put('x', { ...booth('v-main', 'x'), lantern: 'lit' }))).booths).toMatchObject([{ lantern: 'lit' }])
  })

  it('stands in the order of ids by code unit, in no locale\'s', () => {
    const a = phone('a')
    const ids = ['b', 'B', 'a', 'ä', '摊', 'Z', 'b-10', 'b-9']
    const found = programme(...ids.map((id) => a('programme', 'put', put(id, booth('v-main', id)))))
    expect(found.booths.map(({ id }) => id)).toEqual(['B', 'Z', 'a', 'b', 'b-10', 'b-9', 'ä', '摊'])
  })
})

describe('what a lead writes', () => {
  const organiser = phone('organiser')
  const main = phone('lead-main')
  const east = phone('lead-east')
  const placed = organiser('programme', 'put', put('x', booth('v-main', 'organiser')), time('09:00'))

  it('counts for what stands at the own venue', () => {
    expect(names(placed, main('programme', 'put', put('x', booth('v-main', 'lead'), 'v-main'), time('09:01')))).toEqual(['lead'])
    expect(names(placed, main('programme', 'remove', { type: 'booth', id: 'x', venue: 'v-main' }, time('09:01')))).toEqual([])
    expect(names(main('programme', 'put', put('y', booth('v-main', 'new'), 'v-main')))).toEqual(['new'])
  })

  it('is ignored for what stands elsewhere, later or earlier', () => {
    for (const clock of ['08:00', '10:00']) {
      expect(names(placed, east('programme', 'put', put('x', booth('v-east', 'taken'), 'v-east'), time(clock)))).toEqual(['organiser'])
      expect(names(placed, east('programme', 'put', put('x', booth('v-main', 'renamed'), 'v-east'), time(clock)))).toEqual(['organiser'])
      expect(names(placed, east('programme', 'remove', { type: 'booth', id: 'x', venue: 'v-east' }, time(clock)))).toEqual(['organiser'])
    }
  })

  it('can\'t move a thing to another venue', () => {
    expect(names(placed, main('programme', 'put', put('x', booth('v-east', 'moved'), 'v-main'), time('09:01')))).toEqual(['organiser'])
  })

  it('can\'t change what stands at no venue', () => {
    const service = (zh: string, venue?: string) => ({ type: 'service', id: 's', venue, value: { name: { zh }, unit: '件' } })
    const found = programme(
      organiser('programme', 'put', service('organiser'), time('09:00')),
      main('programme', 'put', service('lead', 'v-main'), time('09:01')),
    )
    expect(found.services).toMatchObject([{ name: { zh: 'organiser' } }])
    expect(programme(main('programme', 'put', service('lead', 'v-main'))).services).toEqual([])
  })

  it('counts for the own venue itself, and for no other', () => {
    const venue = (id: string, zh: string, by?: string) => ({ type: 'venue', id, venue: by, value: { name: { zh } } })
    const found = programme(
      organiser('programme', 'put', venue('v-main', 'main'), time('09:00')), organiser('programme', 'put', venue('v-east', 'east'), time('09:00')),
      main('programme', 'put', venue('v-main', 'lead', 'v-main'), time('09:01')), main('programme', 'put', venue('v-east', 'lead', 'v-main'), time('09:01')),
    )
    expect(found.venues.map(({ id, name }) => [id, name.zh])).toEqual([['v-east', 'east'], ['v-main', 'lead']])
  })

  it('follows the thing when the organiser moves it', () => {
    const moved = organiser('programme', 'put', put('x', booth('v-east', 'moved')), time('10:00'))
    const before = main('programme', 'put', put('x', booth('v-main', 'before'), 'v-main'), time('09:30'))
    const after = main('programme', 'put', put('x', booth('v-main', 'after'), 'v-main'), time('10:30'))
    expect(names(placed, before, moved, after)).toEqual(['moved'])
    expect(names(placed, before, moved, after, east('programme', 'put', put('x', booth('v-east', 'theirs'), 'v-east'), time('10:15')))).toEqual(['theirs'])
    expect(names(placed, before, moved, after, organiser('programme', 'void', voiding(moved)))).toEqual(['after'])
  })

  it('counts for what a lead made, only at the venue of its first writer', () => {
    expect(names(
      main('programme', 'put', put('y', booth('v-main', 'made'), 'v-main'), time('09:00')),
      east('programme', 'put', put('y', booth('v-east', 'taken'), 'v-east'), time('09:01')),
    )).toEqual(['made'])
  })

  it('may bring back what was removed at the own venue', () => {
    const removal = organiser('programme', 'remove', { type: 'booth', id: 'x' }, time('09:01'))
    expect(names(placed, removal, main('programme', 'put', put('x', booth('v-main', 'back'), 'v-main'), time('09:02')))).toEqual(['back'])
    expect(names(placed, removal, east('programme', 'put', put('x', booth('v-east', 'taken'), 'v-east'), time('09:02')))).toEqual([])
  })
})

describe('a value that can\'t be read', () => {
  const a = phone('a')
  const activity = { venue: 'v-main', name: { zh: '讲座' }, start: '2023-05-20T09:00:00+08:00', end: '2023-05-20T10:00:00+08:00' }
  const activities = (value: object) => programme(a('programme', 'put', { type: 'activity', id: 'x', value })).activities

  it.each([
    ['no name', { name: undefined }], ['a name without Chinese', { name: { en: 'Talk' } }], ['no end', { end: undefined }],
    ['no offset', { start: '2023-05-20T09:00:00' }], ['no time', { start: '2023-05-20' }], ['words', { start: 'May 20 2023 09:00 GMT' }],
    ['a day that no calendar has', { end: '2023-02-30T10:00:00+08:00' }], ['hour 25', { end: '2023-05-20T25:00:00+08:00' }],
    ['a status nobody knows', { status: 'maybe' }],
  ])('with %s is left out of the view', (_, wrong) => {
    expect(activities(activity)).toHaveLength(1)
    expect(activities({ ...activity, ...wrong })).toEqual([])
  })

  it('stays in the log, so the one before it is not shown in its place, and a later one is', () => {
    const first = a('programme', 'put', put('x', booth('v-main', 'first')), time('09:00'))
    const wrong = a('programme', 'put', put('x', { venue: 'v-main' }), time('09:01'))
    expect(names(first, wrong)).toEqual([])
    expect(names(first, wrong, a('programme', 'put', put('x', booth('v-main', 'third')), time('09:02')))).toEqual(['third'])
  })

  it('may have an instant in any form with an offset', () => {
    for (const start of ['2023-05-20T01:00Z', '2023-05-20T09:00:00.250+08:00', '2024-02-29T23:59:59-03:30']) {
      expect(activities({ ...activity, start })).toHaveLength(1)
    }
  })

  it('of a festival: a time zone or a day that is none', () => {
    const festival = (value: object) => programme(a('programme', 'put', { type: 'festival', id: 'f', value })).festival
    expect(festival(festivalValue)).toMatchObject({ id: 'f', number: 20230520, sample: false })
    expect(festival({ ...festivalValue, timeZone: 'Asia/Kangzhuang' })).toBeUndefined()
    expect(festival({ ...festivalValue, lastDay: '2023-02-29' })).toBeUndefined()
    expect(festival({ ...festivalValue, number: 1.5 })).toBeUndefined()
  })
})

describe('the published programme', () => {
  it('is everything but what is for staff alone', () => {
    const a = phone('a')
    const activity = (id: string, staffOnly?: boolean) => a('programme', 'put', { type: 'activity', id, value: {
      venue: 'v-main', name: { zh: id }, start: '2023-05-20T09:00:00+08:00', end: '2023-05-20T10:00:00+08:00', staffOnly,
    } })
    const whole = programme(activity('open', false), activity('briefing', true), activity('talk'), a('programme', 'put', put('x', booth('v-main', 'x'))))
    const published = publishedProgramme(whole)
    expect(published.activities.map(({ id }) => id)).toEqual(['open', 'talk'])
    expect({ ...published, activities: whole.activities }).toEqual(whole)
  })
})
