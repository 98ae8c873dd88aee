import { describe, expect, it } from 'vitest'
import { dayOfFestival, festivalTime } from '../../src/domain/festivalDay'
import { time } from './story'

const days = { firstDay: '2023-05-20', lastDay: '2023-05-28', timeZone: 'Asia/Shanghai' }
const sample = { ...days, sample: true }
const real = { ...days, sample: false }

describe('dayOfFestival', () => {
  it('changes at midnight in the festival\'s zone', () => {
    expect(dayOfFestival(time('00:00'), days)).toBe(0)
    expect(dayOfFestival(time('00:00') - 1, days)).toBe(-1)
    expect(dayOfFestival(time('23:59:59.999'), days)).toBe(0)
    expect(dayOfFestival(time('00:00', 1), days)).toBe(1)
    expect(dayOfFestival(time('23:59', 8), days)).toBe(8)
  })
})

describe('festivalTime', () => {
  it('is the true time of a real festival, whenever that is', () => {
    for (const moment of [time('09:00', -400), time('09:00'), time('09:00', 1283)]) expect(festivalTime(moment, real)).toBe(moment)
  })

  it('is the true time of a sample during its days', () => {
    for (const moment of [time('00:00'), time('23:59:59.999', 8)]) expect(festivalTime(moment, sample)).toBe(moment)
  })

  it('is the same time on a sample\'s first day on every other day', () => {
    expect(festivalTime(time('00:00', 9), sample)).toBe(time('00:00'))
    expect(festivalTime(time('23:59:59.999', -1), sample)).toBe(time('23:59:59.999'))
    expect(festivalTime(Date.parse('2026-11-24T01:23:45Z'), sample)).toBe(time('09:23:45'))
  })
})
