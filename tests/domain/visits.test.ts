import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clockAt } from '../../src/domain/clock'
import type { PostRule } from '../../src/domain/entities'
import { stateOf } from '../../src/domain/fold'
import { summarise } from '../../src/domain/measures'
import type { Operation } from '../../src/domain/operation'
import { programmeOf } from '../../src/domain/programme'
import type { CheckIn } from '../../src/domain/state'
import { checkInsOf, precededBy, repeatOf, visitsOf, visitsOnDay } from '../../src/domain/visits'
import { festivalValue, floor, phone, time, voiding } from './story'

const ticket = 'K7M29QX4'
const zone = 'Asia/Shanghai'

function checkIns(...moments: number[]): CheckIn[] {
  return moments.map((milliseconds, i) =>
    ({ post: 'b', ticket, by: 'camera', source: { device: 'a', n: i + 1, at: clockAt(milliseconds), stream: floor } }))
}
const clocks = (...clock: string[]) => checkIns(...clock.map((each) => time(each)))

describe('visits', () => {
  const starts = (...clock: string[]) => visitsOf(clocks(...clock)).map(({ source }) => source.n)

  it('are runs: ten minutes after the first is the same visit, later is a new one', () => {
    expect(starts()).toEqual([])
    expect(starts('09:00', '09:10')).toEqual([1])
    expect(starts('09:00', '09:10:00.001')).toEqual([1, 2])
  })

  it('count from the first of a run, not from the last', () => {
    expect(starts('09:00', '09:06', '09:12', '09:18', '09:24')).toEqual([1, 3, 5])
  })

  it('are apart by more than ten minutes, and every check-in is within ten of one', () => {
    fc.assert(fc.property(fc.array(fc.nat(120), { maxLength: 30 }), (minutes) => {
      const moments = minutes.sort((a, b) => a - b)
      const first = visitsOf(checkIns(...moments.map((minute) => minute * 60_000))).map(({ source }) => source.at / 4096 / 60_000)
      for (const [i, start] of first.entries()) if (i > 0) expect(start - (first[i - 1] ?? 0)).toBeGreaterThan(10)
      for (const minute of moments) expect(first.some((start) => minute >= start && minute - start <= 10)).toBe(true)
    }))
  })
})

describe('check-ins of a ticket at a post', () => {
  it('are those that count, oldest first, of this ticket and this post alone', () => {
    const a = phone('a')
    const b = phone('b')
    const write = (by: typeof a, clock: string, post = 'b', id = ticket) => by(floor, 'checkin', { post, ticket: id, by: 'camera' }, time(clock))
    const voided = write(a, '09:03')
    const state = stateOf([
      write(b, '09:05'), write(a, '09:01'), voided, write(a, '09:02', 'other'), write(a, '09:02', 'b', '0000000A'),
      a(floor, 'void', voiding(voided)), write(b, '09:01'),
    ])
    expect(checkInsOf(state, 'b', ticket).map(({ source }) => `${source.device}${source.n}`)).toEqual(['a2', 'b2', 'b1'])
    expect(checkInsOf(state, 'nowhere', ticket)).toEqual([])
  })
})

describe('visits on a day', () => {
  const a = phone('a')
  const at = (moment: number, id = ticket, post = 'b') => a(floor, 'checkin', { post, ticket: id, by: 'camera' }, moment)

  it('are those of the post between two midnights of the festival\'s zone, runs once', () => {
    const state = stateOf([
      at(time('00:00') - 1), at(time('00:10')), at(time('00:15')), at(time('09:00'), '0000000A'), at(time('23:59:59.999')), at(time('00:00', 1), '0000000A'),
      at(time('09:00'), 'ZZZZZZZZ', 'other'),
    ])
    expect([-1, 0, 1, 2].map((day) => visitsOnDay(state, 'b', time('12:00', day), zone))).toEqual([1, 3, 1, 0])
    expect(visitsOnDay(state, 'nowhere', time('12:00'), zone)).toBe(0)
  })

  it('are those of the day that measures give them to, also on days of 23 and 25 hours', () => {
    const moments = fc.array(fc.integer({ min: 0, max: 80 }), { maxLength: 20 })
    fc.assert(fc.property(moments, fc.constantFrom('2023-03-11', '2023-11-04'), (hours, first) => {
      const havana = 'America/Havana'
      const start = Date.parse(`${first}T05:00:00Z`)
      const festival = a('programme', 'put', { type: 'festival', id: 'f', value: { ...festivalValue, timeZone: havana } })
      const state = stateOf([festival, ...hours.map((hour) => at(start + hour * 3_600_000))])
      const { rows } = summarise(state, programmeOf(state), { by: 'day' })
      for (const { key, visits } of rows) expect(visitsOnDay(state, 'b', Date.parse(`${key}T17:00:00Z`), havana)).toBe(visits)
    }))
  })
})

describe('a repeat', () => {
  const repeat = (rule: PostRule, moment: number, earlier: CheckIn[], timeZone = zone) => repeatOf(earlier, moment, rule, timeZone)?.source.n

  it.each(['once', 'daily', 'visit'] as const)('is none by %s when nothing is earlier', (rule) => {
    expect(repeat(rule, time('09:00'), [])).toBeUndefined()
  })

  it('by once is of the first, however long ago', () => {
    expect(repeat('once', time('09:00', 8), clocks('09:00', '12:00'))).toBe(1)
  })

  it('by daily is of the first of the same day in the festival\'s zone', () => {
    const earlier = checkIns(time('23:59', -1), time('00:00'), time('12:00'))
    expect(repeat('daily', time('23:59:59.999'), earlier)).toBe(2)
    expect(repeat('daily', time('00:00', 1), earlier)).toBeUndefined()
    expect(repeat('daily', time('23:59:59.999', -1), earlier)).toBe(1)
    expect(repeat('daily', time('23:59:59.999'), checkIns(time('07:59')), 'UTC')).toBeUndefined()
  })

  it('by daily holds for the whole of a day of 25 hours and ends with one of 23', () => {
    const berlin = 'Europe/Berlin'
    const longDay = checkIns(Date.parse('2023-10-29T00:00:00+02:00'))
    expect(repeat('daily', Date.parse('2023-10-29T23:59:59+01:00'), longDay, berlin)).toBe(1)
    const shortDay = checkIns(Date.parse('2023-03-26T00:00:00+01:00'))
    expect(repeat('daily', Date.parse('2023-03-26T23:59:59+02:00'), shortDay, berlin)).toBe(1)
    expect(repeat('daily', Date.parse('2023-03-27T00:00:00+02:00'), shortDay, berlin)).toBeUndefined()
  })

  it('by visit is within ten minutes of the first of a run', () => {
    expect(repeat('visit', time('09:10'), clocks('09:00'))).toBe(1)
    expect(repeat('visit', time('09:10:00.001'), clocks('09:00'))).toBeUndefined()
    expect(repeat('visit', time('09:10:00.001'), clocks('09:00', '09:10'))).toBeUndefined()
    expect(repeat('visit', time('09:20'), clocks('09:00', '09:10', '09:11'))).toBe(3)
  })

  it('by visit is of what a phone with a clock a little ahead wrote too, and not for ever', () => {
    expect(repeat('visit', time('09:00'), clocks('09:10'))).toBe(1)
    expect(repeat('visit', time('09:00'), clocks('09:10:00.001'))).toBeUndefined()
    expect(repeat('visit', time('09:05'), clocks('09:00', '09:30'))).toBe(1)
  })
})

describe('two phones offline, one ticket', () => {
  const post = 'gate'
  /** Which operation each check-in is a repeat of, by the rule, once both are known. */
  function preceded(rule: PostRule, operations: Operation[]) {
    const state = stateOf(operations)
    const all = [...(state.checkIns.get(post)?.get(ticket) ?? [])].sort((a, b) => (a.source.device < b.source.device ? -1 : 1))
    return Object.fromEntries(all.map((fact) => [fact.source.device, precededBy(state, fact, rule, zone)?.source.device]))
  }
  const checkin = (device: string, clock: string, more = {}) =>
    phone(device)(floor, 'checkin', { post, ticket, by: 'camera', ...more }, time(clock))

  it('the earlier stands, the other is a repeat of it, on both phones', () => {
    const operations = [checkin('b', '09:00'), checkin('a', '09:05')]
    for (const rule of ['once', 'daily', 'visit'] as const) {
      expect(preceded(rule, operations)).toEqual({ a: 'b', b: undefined })
      expect(preceded(rule, operations.toReversed())).toEqual({ a: 'b', b: undefined })
    }
  })

  it('at the same moment the lesser device stands', () => {
    expect(preceded('once', [checkin('b', '09:00'), checkin('a', '09:00')])).toEqual({ a: undefined, b: 'a' })
  })

  it('is no repeat where the rule lets a ticket come again', () => {
    expect(preceded('visit', [checkin('b', '09:00'), checkin('a', '09:10:00.001')])).toEqual({ a: undefined, b: undefined })
  })

  it('an admission by a person\'s decision is nobody\'s repeat, but others may be of it', () => {
    expect(preceded('once', [checkin('b', '09:00'), checkin('a', '09:05', { override: 'lost wristband' })])).toEqual({ a: undefined, b: undefined })
    expect(preceded('once', [checkin('b', '09:00', { override: true }), checkin('a', '09:05')])).toEqual({ a: 'b', b: undefined })
  })

  it('the later stands when the earlier is undone, and what is undone is no repeat', () => {
    const b = phone('b')
    const first = b(floor, 'checkin', { post, ticket, by: 'camera' }, time('09:00'))
    const second = checkin('a', '09:05')
    expect(preceded('once', [first, second, b(floor, 'void', voiding(first))])).toEqual({ a: undefined, b: undefined })
    expect(preceded('once', [first, second, b(floor, 'void', voiding(second))])).toEqual({ a: undefined, b: undefined })
  })
})
