import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fold, stateOf } from '../../src/domain/fold'
import type { Measures, Selection } from '../../src/domain/measures'
import { axes, summarise } from '../../src/domain/measures'
import type { Operation } from '../../src/domain/operation'
import { programmeOf } from '../../src/domain/programme'
import { createState } from '../../src/domain/state'
import { contents, deliveriesOf, operationSets } from './arbitraries'
import { festivalValue, floor, phone, roster, time, voiding } from './story'

const east = 'floor:v-east'
const organiser = phone('organiser')
const put = (type: string, id: string, value: object) => organiser('programme', 'put', { type, id, value: { name: { zh: id }, ...value } })
const activity = (id: string, value: object) => put('activity', id, {
  venue: 'v-main', start: '2023-05-20T09:00:00+08:00', end: '2023-05-20T10:00:00+08:00', ...value,
})

/** Two venues in two districts, three booths in two zones, four activities, two services. */
const plan = [
  put('festival', 'f', festivalValue),
  put('venue', 'v-main', { district: 'd-daxing' }), put('venue', 'v-east', { district: 'd-dongcheng' }),
  put('zone', 'z-red', { venue: 'v-main' }), put('zone', 'z-blue', { venue: 'v-main' }),
  put('booth', 'b-red', { venue: 'v-main', zone: 'z-red', host: 'h-barbers' }), put('booth', 'b-blue', { venue: 'v-main', zone: 'z-blue' }),
  put('booth', 'b-east', { venue: 'v-east' }),
  activity('a-open', { zone: 'z-red', booth: 'b-red', category: 'p-gala', strand: 'le', kind: 'k-opening', host: 'h-city', community: 'com-9' }),
  activity('a-talk', { start: '2023-05-21T09:00:00+08:00', end: '2023-05-21T10:00:00+08:00', status: 'held' }),
  activity('a-off', { status: 'cancelled', category: 'p-gala' }),
  activity('a-east', { venue: 'v-east', kind: 'k-class' }),
  put('service', 's-hair', { unit: '人次' }), put('service', 's-repair', { unit: '件' }),
]

const write = phone('a')
const other = phone('b')
const [anna, ben, chen] = ['K7M29QX4', '0000000B', 'ZZZZZZZZ'] as const
const checkin = (post: string, ticket: string, clock: string, { stream = floor, day = 0, by = write } = {}) =>
  by(stream, 'checkin', { post, ticket, by: 'camera' }, time(clock, day))
const headcount = (post: string, count: number, clock = '09:00', stream = floor) => write(stream, 'headcount', { post, count }, time(clock))
const service = (booth: string, kind: string, count: number, more = {}, clock = '09:00') =>
  write(floor, 'service', { booth, service: kind, count, ...more }, time(clock))

/** A summary, the same whichever way round the operations were heard. */
function summary(operations: Operation[], selection: Selection = { by: 'booth' }) {
  const read = (list: Operation[]) => {
    const state = stateOf(list)
    return summarise(state, programmeOf(state), selection)
  }
  const found = read([...plan, ...operations])
  expect(read([...plan, ...operations].reverse())).toEqual(found)
  return found
}
const total = (operations: Operation[], selection?: Selection) => summary(operations, selection).total
/** `{ key: measure }` for the rows that have any. */
const rows = <T>(operations: Operation[], selection: Selection, measure: (row: Measures) => T) => {
  const nothing = measure(total([]))
  return Object.fromEntries(summary(operations, selection).rows.map(({ key, ...row }) => [key, measure(row)])
    .filter(([, value]) => JSON.stringify(value) !== JSON.stringify(nothing))) as Record<string, T>
}
const visits = ({ visits }: Measures) => visits

describe('visits and people', () => {
  it('count a run of ten minutes once, from its first, over phones', () => {
    const operations = [checkin('b-red', anna, '09:00'), checkin('b-red', anna, '09:06', { by: other }), checkin('b-red', anna, '09:10')]
    expect(total(operations)).toMatchObject({ visits: 1, people: 1 })
    expect(total([...operations, checkin('b-red', anna, '09:12')])).toMatchObject({ visits: 2, people: 1 })
  })

  it('count the same ticket at another post as another visit of the same person', () => {
    const operations = [checkin('b-red', anna, '09:00'), checkin('b-blue', anna, '09:01'), checkin('b-blue', ben, '09:01')]
    expect(total(operations)).toMatchObject({ visits: 3, people: 2 })
    const people = rows(operations, { by: 'booth' }, (row) => row.people)
    expect(people).toEqual({ 'b-blue': 2, 'b-red': 1 })
  })

  it('are without what was undone, or written by a revoked phone, whenever that is heard', () => {
    const undone = checkin('b-red', anna, '09:00')
    const kept = checkin('b-red', anna, '09:15')
    expect(total([undone, kept, write(floor, 'void', voiding(undone))])).toMatchObject({ visits: 1, people: 1 })
    expect(total([undone, write(floor, 'void', voiding(undone))])).toMatchObject({ visits: 0, people: 0 })
    const lost = checkin('b-red', ben, '09:00', { by: phone('lost') })
    expect(total([kept, lost, organiser('control', 'device.revoke', { device: 'lost', after: 0 })])).toMatchObject({ visits: 1, people: 1 })
  })

  it('begin a new run where the first of one was undone', () => {
    const first = checkin('b-red', anna, '09:00')
    const operations = [first, checkin('b-red', anna, '09:08'), checkin('b-red', anna, '09:16')]
    expect(total(operations).visits).toBe(2)
    expect(total([...operations, write(floor, 'void', voiding(first))]).visits).toBe(1)
  })

  it('count one admitted by a person\'s decision like any other', () => {
    const decided = write(floor, 'checkin', { post: 'b-red', ticket: anna, by: 'camera', override: 'known to me' })
    expect(total([decided])).toMatchObject({ visits: 1, people: 1 })
  })
})

describe('headcounts', () => {
  it('stand apart from people, and may be taken back', () => {
    const operations = [headcount('b-red', 5), headcount('b-red', -1), headcount('b-blue', 10), checkin('b-red', anna, '09:00')]
    expect(total(operations)).toMatchObject({ visits: 1, people: 1, headcount: 14 })
    expect(rows(operations, { by: 'booth' }, (row) => row.headcount)).toEqual({ 'b-blue': 10, 'b-red': 4 })
    expect(total([headcount('b-red', -3)]).headcount).toBe(-3)
  })
})

describe('services', () => {
  it('are by service, unit and outcome, never summed over services', () => {
    const operations = [
      service('b-red', 's-repair', 2, { outcome: 'fixed' }), service('b-blue', 's-repair', 1, { outcome: 'fixed' }),
      service('b-red', 's-repair', 1, { outcome: 'advice' }), service('b-red', 's-hair', 4), service('b-red', 's-hair', -1), service('b-red', 's-new', 1),
    ]
    expect(total(operations).services).toEqual([
      { service: 's-hair', unit: '人次', count: 3 }, { service: 's-new', unit: '', count: 1 },
      { service: 's-repair', unit: '件', outcome: 'advice', count: 1 }, { service: 's-repair', unit: '件', outcome: 'fixed', count: 3 },
    ])
  })

  it('of an empty outcome and of none are the same, whichever came first', () => {
    expect(total([service('b-red', 's-hair', 1, { outcome: '' }), service('b-red', 's-hair', 2)]).services).toEqual([{ service: 's-hair', unit: '人次', count: 3 }])
  })

  it('are neither visits nor people, also when a ticket is named', () => {
    expect(total([service('b-red', 's-hair', 1, { ticket: anna })])).toMatchObject({ visits: 0, people: 0, headcount: 0 })
  })

  it('entered twice from one line of paper count once', () => {
    const line = { sheet: '3-7' }
    expect(total([service('b-red', 's-hair', 2, line), service('b-red', 's-hair', 2, line, '09:30')]).services).toMatchObject([{ count: 2 }])
  })
})

describe('activities', () => {
  it('are planned unless cancelled, and held when marked so or something was recorded there', () => {
    expect(total([]).activities).toEqual({ planned: 3, held: 1, cancelled: 1 })
    for (const record of [checkin('a-open', anna, '09:00'), headcount('a-open', 1), service('a-open', 's-hair', 1)]) {
      expect(total([record]).activities).toEqual({ planned: 3, held: 2, cancelled: 1 })
      expect(total([record, write(floor, 'void', voiding(record))]).activities).toEqual({ planned: 3, held: 1, cancelled: 1 })
    }
  })

  it('cancelled stay so, whatever was recorded', () => {
    expect(total([checkin('a-off', anna, '09:00')]).activities).toEqual({ planned: 3, held: 1, cancelled: 1 })
  })
})

describe('an axis', () => {
  const scattered = [
    checkin('a-open', anna, '09:00'), checkin('b-red', anna, '09:59:59.999'), checkin('b-blue', ben, '10:00'),
    checkin('b-east', ben, '23:30', { stream: east }), checkin('b-east', chen, '00:30', { stream: east, day: 1 }), checkin('gone', chen, '11:00', { stream: east }),
    write(roster, 'attendee', { ticket: anna, community: 'com-1' }), write(roster, 'attendee', { ticket: ben, community: 'com-2' }),
  ]

  it.each([
    ['day', { '2023-05-20': 5, '2023-05-21': 1 }],
    ['hour', { '2023-05-20T09': 2, '2023-05-20T10': 1, '2023-05-20T11': 1, '2023-05-20T23': 1, '2023-05-21T00': 1 }],
    ['district', { 'd-daxing': 3, 'd-dongcheng': 3 }],
    ['venue', { 'v-east': 3, 'v-main': 3 }],
    ['zone', { '': 3, 'z-blue': 1, 'z-red': 2 }],
    ['booth', { '': 1, 'b-blue': 1, 'b-east': 2, 'b-red': 2 }],
    ['community', { '': 2, 'com-1': 1, 'com-2': 2, 'com-9': 1 }],
    ['category', { '': 5, 'p-gala': 1 }],
    ['strand', { '': 5, le: 1 }],
    ['kind', { '': 5, 'k-opening': 1 }],
    ['service', { '': 6 }],
    ['outcome', { '': 6 }],
    ['host', { '': 4, 'h-barbers': 1, 'h-city': 1 }],
  ] as const)('by %s gives each visit its place', (by, expected) => {
    expect(rows(scattered, { by }, visits)).toEqual(expected)
  })

  it('knows the place of services and headcounts too', () => {
    const operations = [service('b-red', 's-repair', 2, { outcome: 'fixed', ticket: anna }), service('b-blue', 's-hair', 1), headcount('b-red', 3), scattered[6] as Operation]
    const given = (by: Selection['by']) => rows(operations, { by }, (row) => row.services.map(({ count }) => count))
    expect(given('service')).toEqual({ 's-hair': [1], 's-repair': [2] })
    expect(given('outcome')).toEqual({ '': [1], fixed: [2] })
    expect(given('host')).toEqual({ '': [1], 'h-barbers': [2] })
    expect(given('community')).toEqual({ '': [1], 'com-1': [2] })
    expect(rows(operations, { by: 'zone' }, (row) => row.headcount)).toEqual({ 'z-red': 3 })
  })

  it('counts for a community what was recorded at it, whoever came', () => {
    const at = 'floor:com-2'
    const operations = [
      put('venue', 'com-2', { kind: 'community' }), put('booth', 'b-com', { venue: 'com-2' }),
      headcount('b-com', 4, '09:00', at), checkin('b-com', anna, '10:00', { stream: at }), scattered[6] as Operation,
    ]
    expect(rows(operations, { by: 'community' }, ({ visits, headcount }) => [visits, headcount])).toEqual({ 'com-2': [1, 4] })
  })

  it('puts activities where and when they are planned', () => {
    const planned = (by: Selection['by']) => rows([], { by }, ({ activities }) => activities.planned + activities.cancelled * 10)
    expect(planned('day')).toEqual({ '2023-05-20': 12, '2023-05-21': 1 })
    expect(planned('venue')).toEqual({ 'v-east': 1, 'v-main': 12 })
    expect(planned('category')).toEqual({ '': 2, 'p-gala': 11 })
  })

  it('has its rows in the order of keys by code unit, never of size', () => {
    const posts = ['b', 'B', 'a', '摊', 'é', 'b-10', 'b-9']
    const booths = posts.map((id) => put('booth', id, { venue: 'v-main' }))
    const { rows } = summary([...booths, ...posts.flatMap((id, i) => posts.slice(i).map((_, k) => checkin(id, `T${i}-${k}`, '09:00')))])
    expect(rows.map(({ key }) => key).filter((key) => posts.includes(key))).toEqual(['B', 'a', 'b', 'b-10', 'b-9', 'é', '摊'])
  })
})

describe('a selection', () => {
  const operations = [
    checkin('b-red', anna, '09:00'), checkin('b-east', ben, '10:00', { stream: east }),
    headcount('b-red', 2, '10:00'), headcount('gone', 3, '10:00', east), service('b-red', 's-hair', 1, {}, '11:00'),
  ]

  it('of a venue is what stands there, or was written there where the post is gone', () => {
    expect(total(operations, { by: 'day', venue: 'v-main' })).toEqual({
      visits: 1, people: 1, headcount: 2, activities: { planned: 2, held: 1, cancelled: 1 }, services: [{ service: 's-hair', unit: '人次', count: 1 }],
    })
    expect(total(operations, { by: 'day', venue: 'v-east' })).toEqual({
      visits: 1, people: 1, headcount: 3, activities: { planned: 1, held: 0, cancelled: 0 }, services: [],
    })
  })

  it('of a venue has what another venue\'s phone recorded at a post that stands there', () => {
    const visiting = [checkin('b-red', anna, '09:00', { stream: east })]
    expect(total(visiting, { by: 'day', venue: 'v-main' }).visits).toBe(1)
    expect(total(visiting, { by: 'day', venue: 'v-east' }).visits).toBe(0)
  })

  it('of a span is half-open', () => {
    const span = (from?: number, to?: number) => total(operations, { by: 'day', from, to })
    expect(span(time('10:00'), time('11:00'))).toMatchObject({ visits: 1, headcount: 5, services: [] })
    expect(span(undefined, time('10:00'))).toMatchObject({ visits: 1, headcount: 0 })
    expect(span(time('11:00'))).toMatchObject({ visits: 0, headcount: 0, services: [{ count: 1 }], activities: { planned: 1, held: 1 } })
  })

  it('adds up: a run belongs to the span in which it began', () => {
    const run = [checkin('b-red', anna, '09:55'), checkin('b-red', anna, '10:04')]
    expect(total(run, { by: 'day', to: time('10:00') }).visits).toBe(1)
    expect(total(run, { by: 'day', from: time('10:00') }).visits).toBe(0)
  })
})

describe('any set of operations', () => {
  const anySelection = fc.record({ by: fc.constantFrom(...axes), venue: fc.constantFrom(undefined, 'v-main', 'v-east') })
  /** A programme to refer to, and whatever else comes. */
  const recorded = fc.oneof(contents.checkin, contents.headcount, contents.service, contents.void, contents.attendee)
  const anySet = fc.oneof(operationSets(40), operationSets(40, recorded)).map((operations) => [...plan, ...operations])

  it('has rows that add up to the total, people apart', () => {
    fc.assert(fc.property(anySet, anySelection, (operations, selection) => {
      const state = stateOf(operations)
      const { total, rows } = summarise(state, programmeOf(state), selection)
      const sum = (measure: (row: Measures) => number) => rows.reduce((so, row) => so + measure(row), 0)
      expect(sum((row) => row.visits)).toBe(total.visits)
      expect(sum((row) => row.headcount)).toBe(total.headcount)
      for (const part of ['planned', 'held', 'cancelled'] as const) expect(sum((row) => row.activities[part])).toBe(total.activities[part])
      for (const { service, outcome, count } of total.services) {
        expect(sum((row) => row.services.find((entry) => entry.service === service && entry.outcome === outcome)?.count ?? 0)).toBe(count)
      }
      expect(sum((row) => row.people)).toBeGreaterThanOrEqual(total.people)
      expect(total.people).toBeLessThanOrEqual(total.visits)
      expect(rows.map(({ key }) => key)).toEqual([...new Set(rows.map(({ key }) => key))].sort())
    }), { numRuns: 300 })
  })

  it('has the same summary in any order, repeated, in any batches', () => {
    const arrived = anySet.chain((operations) => fc.record({ operations: fc.constant(operations), batches: deliveriesOf(operations) }))
    fc.assert(fc.property(arrived, anySelection, ({ operations, batches }, selection) => {
      const state = createState()
      for (const batch of batches) fold(state, batch)
      const straight = stateOf(operations)
      expect(summarise(state, programmeOf(state), selection)).toEqual(summarise(straight, programmeOf(straight), selection))
    }), { numRuns: 200 })
  })
})
