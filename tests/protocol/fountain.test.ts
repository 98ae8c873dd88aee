import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Basin, frameOf } from '../../src/protocol/fountain'

const blocksOf = (most: number) => fc.integer({ min: 1, max: 12 }).chain((size) =>
  fc.array(fc.uint8Array({ minLength: size, maxLength: size }), { minLength: 1, maxLength: most }))

/** How many frames, of those with these numbers in this order, are enough. */
function enough(blocks: readonly Uint8Array[], numbers: Iterable<number>): number {
  const basin = new Basin(blocks.length)
  let taken = 0
  for (const number of numbers) {
    basin.add(number, frameOf(blocks, number))
    taken++
    if (basin.held === blocks.length) {
      expect(basin.blocks()).toEqual(blocks)
      return taken
    }
    expect(basin.blocks()).toBeUndefined()
  }
  return Infinity
}

function* from(first: number): Generator<number> {
  for (let number = first; ; number++) yield number
}

test('with nothing lost there are as many frames as blocks', () => {
  fc.assert(fc.property(blocksOf(80), (blocks) => {
    expect(enough(blocks, from(0))).toBe(blocks.length)
  }))
})

test('any frames do, whichever are lost, come twice or come late', () => {
  fc.assert(fc.property(blocksOf(40), fc.array(fc.nat(400), { maxLength: 60 }), fc.nat(100_000), (blocks, seen, later) => {
    // Whatever was seen is of no harm, and what is seen from some moment on is enough: one set in 2^20 is not.
    expect(enough(blocks, [...seen, ...Array.from({ length: blocks.length + 20 }, (_, index) => later + index)])).toBeLessThan(Infinity)
  }))
})

test('about two frames more than blocks, however many there are', () => {
  for (const count of [1, 14, 40, 300]) {
    const blocks = Array.from({ length: count }, (_, index) => Uint8Array.of(index & 255, index >> 8))
    const extra = Array.from({ length: 20 }, (_, run) => enough(blocks, from(count + run * 1_000)) - count)
    expect(extra.reduce((sum, one) => sum + one, 0) / extra.length).toBeLessThan(4)
  }
})
