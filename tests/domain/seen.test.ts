import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { operationId } from '../../src/domain/operation'
import { Seen } from '../../src/domain/seen'

const operations = fc.array(fc.record({ device: fc.constantFrom('a', 'b'), n: fc.integer({ min: 1, max: 12 }) }), { maxLength: 60 })

it('takes each operation once, in whatever order they come', () => {
  fc.assert(fc.property(operations, (list) => {
    const seen = new Seen()
    const known = new Set<string>()
    for (const operation of list) {
      const id = operationId(operation)
      expect(seen.has(id)).toBe(known.has(id))
      expect(seen.of(operation.device).add(operation.n)).toBe(!known.has(id))
      known.add(id)
    }
    expect([...seen].sort()).toEqual([...known].sort())
  }))
})

it('ends the same from the same, whatever the order', () => {
  fc.assert(fc.property(operations.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))), ([list, shuffled]) => {
    const [one, other] = [list, shuffled].map((order) => {
      const seen = new Seen()
      for (const { device, n } of order) seen.of(device).add(n)
      return [...seen].sort()
    })
    expect(one).toEqual(other)
  }))
})
