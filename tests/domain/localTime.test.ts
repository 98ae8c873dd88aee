import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDays, daysBetween, isTimeZone, localClock, localDay, localHour, startOfLocalDay } from '../../src/domain/localTime'

/** With and without daylight saving, at whole, half and quarter hours, with changes at midnight, at both ends of the day. */
const zones = [
  'UTC', 'Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Pacific/Chatham',
  'America/Sao_Paulo', 'America/Havana', 'Africa/Cairo', 'Asia/Beirut', 'Asia/Amman', 'Atlantic/Azores', 'Pacific/Kiritimati', 'Pacific/Niue',
]
const zone = fc.constantFrom(...zones)
const moment = fc.integer({ min: Date.parse('2000-01-01T00:00:00Z'), max: Date.parse('2035-01-01T00:00:00Z') })
/** Days when clocks change, as a random day seldom is one. */
const changes = ['2018-02-18', '2018-11-04', '2021-10-29', '2022-03-27', '2023-03-12', '2023-03-26', '2023-04-28', '2023-10-29', '2023-11-05']
const date = fc.oneof(fc.constantFrom(...changes), moment.map((milliseconds) => new Date(milliseconds).toISOString().slice(0, 10)))

describe('local days and hours', () => {
  it('are what Intl says', () => {
    fc.assert(fc.property(moment, zone, (milliseconds, timeZone) => {
      // Swedish writes a date and a time as ISO does.
      const expected = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(milliseconds)
      expect(`${localDay(milliseconds, timeZone)} ${localClock(milliseconds, timeZone)}`).toBe(expected)
      expect(localHour(milliseconds, timeZone)).toBe(expected.slice(0, 13).replace(' ', 'T'))
    }), { numRuns: 1000 })
  })

  it('change at the zone\'s midnight, to the millisecond', () => {
    const midnight = Date.parse('2023-05-21T00:00:00+08:00')
    expect(localDay(midnight - 1, 'Asia/Shanghai')).toBe('2023-05-20')
    expect(localDay(midnight, 'Asia/Shanghai')).toBe('2023-05-21')
    expect(localHour(midnight - 1, 'Asia/Shanghai')).toBe('2023-05-20T23')
    expect(localClock(midnight, 'Asia/Shanghai')).toBe('00:00')
  })

  it('follow a change of clocks to the millisecond', () => {
    const change = Date.parse('2023-03-26T01:00:00Z')
    expect(localClock(change - 1, 'Europe/Berlin')).toBe('01:59')
    expect(localClock(change, 'Europe/Berlin')).toBe('03:00')
  })
})

describe('startOfLocalDay', () => {
  it('is the first moment of that day', () => {
    fc.assert(fc.property(date, zone, (localDate, timeZone) => {
      const start = startOfLocalDay(localDate, timeZone)
      expect(localDay(start, timeZone)).toBe(localDate)
      // Farther back than a moment: where an hour comes twice its second coming is no beginning.
      for (const before of [1, 30 * 60_000, 60 * 60_000, 90 * 60_000]) {
        expect(localDay(start - before, timeZone) < localDate).toBe(true)
      }
    }), { numRuns: 2000 })
  })

  it('in the same zone, where nothing changes, is midnight', () => {
    expect(startOfLocalDay('2023-05-20', 'Asia/Shanghai')).toBe(Date.parse('2023-05-20T00:00:00+08:00'))
  })

  it('is one o\'clock where midnight is left out', () => {
    expect(startOfLocalDay('2023-03-12', 'America/Havana')).toBe(Date.parse('2023-03-12T01:00:00-04:00'))
  })

  it('is the first of two midnights', () => {
    expect(startOfLocalDay('2021-10-29', 'Asia/Amman')).toBe(Date.parse('2021-10-29T00:00:00+03:00'))
  })
})

describe('days', () => {
  it('are counted on the calendar, over a change of clocks and of year', () => {
    expect(daysBetween('2023-05-20', '2023-05-28')).toBe(8)
    expect(daysBetween('2023-03-25', '2023-03-27')).toBe(2)
    expect(daysBetween('2024-03-01', '2024-02-28')).toBe(-2)
    expect(addDays('2023-12-31', 1)).toBe('2024-01-01')
    expect(addDays('2024-03-01', -1)).toBe('2024-02-29')
  })

  it('add up', () => {
    fc.assert(fc.property(date, fc.integer({ min: -1000, max: 1000 }), (from, days) => {
      expect(daysBetween(from, addDays(from, days))).toBe(days)
    }))
  })
})

describe('isTimeZone', () => {
  it('knows zones from what is none', () => {
    expect(zones.every(isTimeZone)).toBe(true)
    expect(['', 'Beijing', 'Asia/Kangzhuang'].some(isTimeZone)).toBe(false)
  })
})
