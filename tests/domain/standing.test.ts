import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clockAt } from '../../src/domain/clock'
import { stateOf } from '../../src/domain/fold'
import type { Operation } from '../../src/domain/operation'
import { counts, cutsOf } from '../../src/domain/standing'
import type { Revocation } from '../../src/domain/state'
import { floor, phone, time, voiding } from './story'

/** The posts whose headcounts count, in the order of counting; the same for the operations the other way round. */
function counted(...operations: Operation[]): string[] {
  const read = (list: Operation[]) => {
    const state = stateOf(list)
    return [...state.headcounts.values()].flat().filter((fact) => counts(state, fact)).map((fact) => fact.post).sort()
  }
  const forwards = read(operations)
  expect(read(operations.toReversed())).toEqual(forwards)
  return forwards
}

const at = (post: string, sheet?: string | number) => ({ post, count: 1, sheet })

describe('a void', () => {
  it('takes out what it names, in whatever order they come', () => {
    const write = phone('a')
    const kept = write(floor, 'headcount', at('kept'))
    const gone = write(floor, 'headcount', at('gone'))
    expect(counted(kept, gone, write(floor, 'void', voiding(gone)))).toEqual(['kept'])
  })

  it('wins though it is older by the clock than what it names', () => {
    const write = phone('a')
    const gone = write(floor, 'headcount', at('gone'), time('10:00'))
    expect(counted(gone, write(floor, 'void', voiding(gone), time('08:00')))).toEqual([])
  })

  it('may come from another device', () => {
    const gone = phone('a')(floor, 'headcount', at('gone'))
    expect(counted(gone, phone('b')(floor, 'void', voiding(gone)))).toEqual([])
  })

  it('reaches only its own stream', () => {
    const write = phone('a')
    const kept = write(floor, 'headcount', at('kept'))
    expect(counted(kept, write('floor:v-east', 'void', voiding(kept)), write('control', 'void', voiding(kept)))).toEqual(['kept'])
  })

  it('names device and number, not one of them', () => {
    const kept = phone('a')(floor, 'headcount', at('kept'))
    const void1 = phone('b')(floor, 'void', { device: 'a', n: 11 })
    const void2 = phone('c')(floor, 'void', { device: 'b', n: 1 })
    expect(counted(kept, void1, void2)).toEqual(['kept'])
  })

  it('is not voided by another void', () => {
    const write = phone('a')
    const gone = write(floor, 'headcount', at('gone'))
    const first = write(floor, 'void', voiding(gone))
    expect(counted(gone, first, write(floor, 'void', voiding(first)))).toEqual([])
  })
})

describe('a revoked device', () => {
  const revoke = phone('organiser')

  it('counts up to the number named, and nowhere after it', () => {
    const write = phone('lost')
    const operations = ['one', 'two', 'three'].map((post) => write(floor, 'headcount', at(post)))
    expect(counted(...operations, revoke('control', 'device.revoke', { device: 'lost', after: 2 }))).toEqual(['one', 'two'])
  })

  it('counts nowhere with 0, and the least of several revocations holds', () => {
    const write = phone('lost')
    const operations = ['one', 'two', 'three'].map((post) => write(floor, 'headcount', at(post)))
    const after = (n: number) => revoke('control', 'device.revoke', { device: 'lost', after: n })
    expect(counted(...operations, after(0))).toEqual([])
    expect(counted(...operations, after(2), after(1), after(3))).toEqual(['one'])
  })

  it('voids nothing after it', () => {
    const kept = phone('a')(floor, 'headcount', at('kept'))
    const gone = phone('a')(floor, 'headcount', at('gone'))
    const write = phone('lost')
    const early = write(floor, 'void', voiding(gone))
    const late = write(floor, 'void', voiding(kept))
    expect(counted(kept, late, revoke('control', 'device.revoke', { device: 'lost', after: 0 }))).toEqual(['kept'])
    expect(counted(gone, early, revoke('control', 'device.revoke', { device: 'lost', after: 1 }))).toEqual([])
  })

  it('leaves another device\'s void of the same thing standing', () => {
    const gone = phone('a')(floor, 'headcount', at('gone'))
    expect(counted(
      gone, phone('lost')(floor, 'void', voiding(gone)), phone('b')(floor, 'void', voiding(gone)),
      revoke('control', 'device.revoke', { device: 'lost', after: 0 }),
    )).toEqual([])
  })

  it('stays revoked: a revocation can\'t be voided', () => {
    const lost = phone('lost')
    const gone = lost(floor, 'headcount', at('gone'))
    const revocation = revoke('control', 'device.revoke', { device: 'lost', after: 0 })
    expect(counted(gone, revocation, lost('control', 'void', voiding(revocation)), revoke('control', 'void', voiding(revocation)))).toEqual([])
  })
})

describe('a line of paper entered twice', () => {
  it('counts once: the earlier by the clock, whoever came first', () => {
    const first = phone('b')(floor, 'headcount', at('first', '7-3'), time('09:00'))
    const second = phone('a')(floor, 'headcount', at('second', '7-3'), time('09:01'))
    expect(counted(second, first)).toEqual(['first'])
  })

  it('at the same moment, the lesser device and then the lesser number', () => {
    const b = phone('b')
    const a = phone('a')
    const operations = [b(floor, 'headcount', at('b1', 'x')), a(floor, 'headcount', at('a1', 'x')), a(floor, 'headcount', at('a2', 'x'))]
    expect(counted(...operations)).toEqual(['a1'])
  })

  it('counts the second when the first is voided or its device revoked', () => {
    const a = phone('a')
    const first = a(floor, 'headcount', at('first', 'x'), time('09:00'))
    const second = phone('b')(floor, 'headcount', at('second', 'x'), time('09:01'))
    expect(counted(first, second, a(floor, 'void', voiding(first)))).toEqual(['second'])
    expect(counted(first, second, phone('c')('control', 'device.revoke', { device: 'a', after: 0 }))).toEqual(['second'])
  })

  it('is the same line as text or number, whatever was counted, but not in another venue\'s stream', () => {
    const a = phone('a')
    const number = a(floor, 'headcount', at('number', 12), time('09:00'))
    const text = a(floor, 'headcount', at('text', '12'), time('09:01'))
    const east = a('floor:v-east', 'headcount', at('east', '12'), time('09:02'))
    expect(counted(number, text, east)).toEqual(['east', 'number'])
    const checkin = a(floor, 'checkin', { post: 'b', ticket: 'K7M29QX4', by: 'paper', sheet: 12 }, time('08:59'))
    expect(counted(checkin, number)).toEqual([])
  })
})

describe('revocations of each other', () => {
  const revocation = (by: string, n: number, device: string, after: number, minute: number): Revocation =>
    ({ device, after, source: { device: by, n, at: clockAt(time('09:00') + minute * 60_000), stream: 'control' } })
  const cuts = (...revocations: Revocation[]) => {
    const found = [...cutsOf(revocations)].sort()
    expect([...cutsOf(revocations.toReversed())].sort()).toEqual(found)
    return found
  }

  it('the earlier counts: the lost phone can\'t answer', () => {
    expect(cuts(revocation('owner', 3, 'lost', 4, 0), revocation('lost', 6, 'owner', 0, 1))).toEqual([['lost', 4]])
    expect(cuts(revocation('owner', 3, 'lost', 0, 1), revocation('lost', 6, 'owner', 0, 0))).toEqual([['owner', 0]])
  })

  it('at one moment the lesser device', () => {
    expect(cuts(revocation('b', 1, 'a', 0, 0), revocation('a', 1, 'b', 0, 0))).toEqual([['b', 0]])
  })

  it('a late one reaches back before what the lost phone did', () => {
    expect(cuts(revocation('lost', 5, 'volunteer', 0, 0), revocation('owner', 1, 'lost', 4, 9))).toEqual([['lost', 4]])
  })

  it('one written before the cut counts still', () => {
    expect(cuts(revocation('lost', 4, 'volunteer', 0, 0), revocation('owner', 1, 'lost', 4, 9))).toEqual([['lost', 4], ['volunteer', 0]])
  })

  it('what a rogue struck out comes back when the rogue falls', () => {
    expect(cuts(revocation('a', 1, 'lost', 2, 0), revocation('rogue', 1, 'a', 0, 1), revocation('owner', 1, 'rogue', 0, 2)))
      .toEqual([['lost', 2], ['rogue', 0]])
  })

  it('a revocation falls with its phone also when that one quarrels with the owner', () => {
    expect(cuts(revocation('lost', 5, 'volunteer', 0, 0), revocation('owner', 1, 'lost', 3, 1), revocation('lost', 6, 'owner', 0, 2)))
      .toEqual([['lost', 3]])
  })

  it('a phone may revoke itself', () => {
    expect(cuts(revocation('a', 5, 'a', 2, 0))).toEqual([['a', 2]])
  })

  it('a phone that revokes itself takes back what it revoked after that, before others are weighed', () => {
    expect(cuts(
      revocation('x', 1, 'y', 0, 0), revocation('y', 1, 'x', 0, 1), revocation('a', 2, 'x', 0, 3), revocation('a', 1, 'a', 0, 9),
    )).toEqual([['a', 0], ['y', 0]])
  })

  it('a ring of three ends, the same for everybody', () => {
    const ring = [revocation('a', 1, 'b', 0, 0), revocation('b', 1, 'c', 0, 1), revocation('c', 1, 'a', 0, 2)]
    expect(cuts(...ring)).toEqual(cuts(...ring.slice(1), ...ring.slice(0, 1)))
    expect(cuts(...ring)).toContainEqual(['b', 0])
  })

  it('where nobody revokes a phone that revoked it, exactly those of phones not cut off before count', () => {
    const names = ['a', 'b', 'c', 'd', 'e']
    const downwards = fc.array(
      fc.record({
        pair: fc.tuple(fc.nat(3), fc.nat(3)).map(([x, y]) => [Math.min(x, y), Math.max(x, y) + 1] as const),
        n: fc.integer({ min: 1, max: 5 }), after: fc.nat(4), minute: fc.nat(5),
      }),
      { maxLength: 8 },
    ).map((made) => made.map(({ pair: [by, device], n, after, minute }) =>
      revocation(names[by] ?? '', n, names[device] ?? '', after, minute)))
    fc.assert(fc.property(downwards, (revocations) => {
      const found = cutsOf(revocations)
      const expected = new Map<string, number>()
      for (const { device, after, source } of revocations) {
        if (source.n > (found.get(source.device) ?? Infinity)) continue
        expected.set(device, Math.min(after, expected.get(device) ?? Infinity))
      }
      expect([...found].sort()).toEqual([...expected].sort())
    }), { numRuns: 1000 })
  })
})
