import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OUT_OF_VIEW, Repeats } from '../../src/scanner/repeats'

/** One look every 100 ms; what counted in each. */
function watch(...looks: readonly (readonly string[])[]): (string | null)[] {
  const repeats = new Repeats()
  return looks.map((texts, i) => repeats.see(texts, i * 100))
}
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value)

describe('the same code held in front of the camera', () => {
  it('counts once', () => {
    expect(watch(...times(100, ['A']))).toEqual(['A', ...times(99, null)])
  })

  it('counts once though the camera misses it for a while', () => {
    expect(watch(['A'], ...times(18, []), ['A'], ...times(18, []), ['A']).filter(Boolean)).toEqual(['A'])
  })

  it('counts again after two seconds out of view', () => {
    expect(watch(['A'], ...times(18, []), ['A'], ...times(19, []), ['A']).filter(Boolean)).toEqual(['A', 'A'])
  })

  it('is not counted again because another was shown for a moment', () => {
    expect(watch(['A'], ['B'], ['A'], ['B']).filter(Boolean)).toEqual(['A', 'B'])
  })
})

describe('several codes in one frame', () => {
  it('count only when nearest the middle', () => {
    expect(watch(['A', 'B'], ['A', 'B'], ['B', 'A'], ['A', 'B'])).toEqual(['A', null, 'B', null])
  })

  it('stay counted at the edge of the view', () => {
    expect(watch(['A'], ...times(30, ['B', 'A']), ['A', 'B'])).toEqual(['A', 'B', ...times(30, null)])
  })

  it('do not count for having been at the edge', () => {
    expect(watch(...times(30, ['A', 'B']), ['B']).filter(Boolean)).toEqual(['A', 'B'])
  })
})

it('never tells a code twice within two seconds, and always one not seen for so long', () => {
  const look = fc.record({ texts: fc.uniqueArray(fc.constantFrom('A', 'B', 'C')), gap: fc.integer({ min: 16, max: 3_000 }) })
  fc.assert(
    fc.property(fc.array(look, { maxLength: 60 }), (looks) => {
      const repeats = new Repeats()
      const told = new Map<string, number>()
      const inView = new Map<string, number>()
      let now = 0
      for (const { texts, gap } of looks) {
        now += gap
        const [nearest] = texts
        const counted = repeats.see(texts, now)
        if (counted !== null) {
          expect(counted).toBe(nearest)
          expect(now - (told.get(counted) ?? -Infinity)).toBeGreaterThanOrEqual(OUT_OF_VIEW)
          told.set(counted, now)
        } else if (nearest !== undefined) {
          expect(now - (inView.get(nearest) ?? -Infinity)).toBeLessThan(OUT_OF_VIEW)
        }
        for (const text of texts) inView.set(text, now)
      }
    }),
  )
})
