import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backoff } from '../../src/device/backoff'

test.each([[1, 1_000], [2, 2_000], [3, 4_000], [6, 32_000], [7, 60_000], [100, 60_000], [5_000, 60_000]])(
  'after %i failures at most %i ms', (failures, most) => {
    expect(backoff(failures, 0)).toBe(0)
    expect(backoff(failures, 0.5)).toBe(most / 2)
    expect(backoff(failures, 0.999)).toBeLessThan(most)
  })

test('is spread over the whole span: full jitter', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 50 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (failures, random) => {
    expect(backoff(failures, random)).toBeCloseTo(backoff(failures, 0.5) * 2 * random, 6)
  }))
})
