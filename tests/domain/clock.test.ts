import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clockAt, hear, measureOffset, millisecondsOf, tick } from '../../src/domain/clock'

const lastMoment = Date.parse('2039-09-07T15:47:35.551Z')
const moment = fc.integer({ min: 0, max: lastMoment })
const noon = Date.parse('2023-05-20T12:00:00+08:00')
const minutes = (count: number) => count * 60_000

describe('the clock\'s integer', () => {
  it('holds the millisecond and the counter exactly until September 2039', () => {
    expect(clockAt(lastMoment, 4095)).toBe(Number.MAX_SAFE_INTEGER)
    fc.assert(fc.property(moment, fc.integer({ min: 0, max: 4095 }), (milliseconds, counter) => {
      const at = clockAt(milliseconds, counter)
      expect(Number.isSafeInteger(at)).toBe(true)
      expect(millisecondsOf(at)).toBe(milliseconds)
      expect(at % 4096).toBe(counter)
    }))
  })

  it('is an integer for fractions of a millisecond too', () => {
    expect(clockAt(1.9)).toBe(4096)
  })
})

describe('tick', () => {
  it('always rises, and is never behind the physical clock', () => {
    fc.assert(fc.property(fc.array(moment, { maxLength: 50 }), (readings) => {
      let last = 0
      for (const now of readings) {
        const next = tick(last, now)
        expect(next).toBeGreaterThan(last)
        expect(millisecondsOf(next)).toBeGreaterThanOrEqual(now)
        last = next
      }
    }))
  })

  it('stays at the physical clock when that moves on', () => {
    expect(tick(clockAt(noon, 9), noon + 1)).toBe(clockAt(noon + 1))
  })

  it('counts on while the physical clock stands or goes back', () => {
    expect(tick(clockAt(noon), noon)).toBe(clockAt(noon, 1))
    expect(tick(clockAt(noon, 1), noon - minutes(60))).toBe(clockAt(noon, 2))
    expect(tick(clockAt(noon, 4095), noon)).toBe(clockAt(noon + 1))
  })
})

describe('hear', () => {
  it('puts what is written next after what was heard', () => {
    const now = fc.integer({ min: minutes(5), max: lastMoment - minutes(10) })
    fc.assert(fc.property(now, fc.integer({ min: -minutes(5), max: minutes(5) }), fc.nat(4095), (now, ahead, counter) => {
      const received = clockAt(now + ahead, counter)
      expect(tick(hear(0, received, now), now)).toBeGreaterThan(received)
    }))
  })

  it('never goes back', () => {
    fc.assert(fc.property(moment, moment, moment, (last, received, now) => {
      expect(hear(clockAt(last), clockAt(received), now)).toBeGreaterThanOrEqual(clockAt(last))
    }))
  })

  it('is not moved by what is more than five minutes ahead', () => {
    const last = clockAt(noon)
    expect(hear(last, clockAt(noon + minutes(5), 4095), noon)).toBe(clockAt(noon + minutes(5), 4095))
    expect(hear(last, clockAt(noon + minutes(5) + 1), noon)).toBe(last)
    expect(hear(last, clockAt(noon + minutes(365 * 24 * 60)), noon)).toBe(last)
  })
})

describe('measureOffset', () => {
  it('takes the server\'s answer to be from the middle of the round trip', () => {
    expect(measureOffset(1_000, 5_100, 1_200)).toBe(4_000)
    expect(measureOffset(1_000, 100, 1_201)).toBe(-1_000)
  })

  it('is off by half the round trip at most, however far the clocks are apart', () => {
    fc.assert(fc.property(moment, fc.integer({ min: -1e12, max: 1e12 }), fc.nat(60_000), fc.nat(60_000), (sentAt, offset, there, back) => {
      const measured = measureOffset(sentAt, sentAt + there + offset, sentAt + there + back)
      expect(Math.abs(measured - offset)).toBeLessThanOrEqual(Math.ceil((there + back) / 2))
    }))
  })
})
