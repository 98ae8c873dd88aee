import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { digestOf } from '../../src/domain/digest'
import { fold, stateOf } from '../../src/domain/fold'
import type { Operation } from '../../src/domain/operation'
import { operationId } from '../../src/domain/operation'
import { createState } from '../../src/domain/state'
import { canonicalHash } from '../../src/protocol/canonical'
import { contents, deliveriesOf, operationSets } from './arbitraries'
import { festivalValue, floor, phone, roster, voiding } from './story'

const delivered = operationSets().chain((operations) =>
  fc.record({ operations: fc.constant(operations), batches: deliveriesOf(operations) }))

interface Digest { checkIns: { op: string }[]; headcounts: { op: string; count: number }[]; services: { op: string }[] }
const digest = (operations: Iterable<Operation>) => digestOf(stateOf(operations)) as Digest

describe('the fold', () => {
  it('gives the same state for the same set: any order, repeats, batches', () => {
    fc.assert(fc.property(delivered, ({ operations, batches }) => {
      const state = createState()
      for (const batch of batches) fold(state, batch)
      expect(digestOf(state)).toEqual(digestOf(stateOf(operations)))
    }), { numRuns: 400 })
  })

  it('gives the same hash, and again when read back from storage', async () => {
    await fc.assert(fc.asyncProperty(delivered, async ({ operations, batches }) => {
      const stored = JSON.parse(JSON.stringify(batches.flat())) as Operation[]
      expect(await canonicalHash(digestOf(stateOf(stored)))).toBe(await canonicalHash(digestOf(stateOf(operations))))
    }), { numRuns: 100 })
  })

  it('gives the same state whether read between batches or not', () => {
    fc.assert(fc.property(delivered, ({ operations, batches }) => {
      const state = createState()
      for (const batch of batches) {
        fold(state, batch)
        digestOf(state)
      }
      expect(digestOf(state)).toEqual(digestOf(stateOf(operations)))
    }))
  })

  it('passes over what is erased, unknown or malformed', () => {
    const nothing = fc.oneof(contents.erased, contents.unknown, contents.malformed)
    fc.assert(fc.property(operationSets(10, nothing), (operations) => {
      const state = stateOf(operations)
      expect(digestOf(state)).toEqual(digestOf(createState()))
      expect(state.version).toBe(0)
    }))
  })

  it('holds what is whole somewhere, though it comes erased from elsewhere, before or after', () => {
    const whole = phone('a')(floor, 'headcount', { post: 'b', count: 1 })
    const erased = { ...whole, body: null }
    expect(digest([erased, whole]).headcounts).toHaveLength(1)
    expect(digest([whole, erased]).headcounts).toHaveLength(1)
  })

  it('counts each operation once in its version, however often it comes', () => {
    const write = phone('a')
    const one = write(floor, 'headcount', { post: 'b', count: 1 })
    const state = stateOf([one, one])
    fold(state, [one])
    expect(state.version).toBe(1)
  })

  it('raises the programme version with whatever may change the programme, and with nothing else', () => {
    const write = phone('a')
    const state = createState()
    const versionAfter = (operation: Operation) => {
      fold(state, [operation])
      return state.programmeVersion
    }
    const put = write('programme', 'put', { type: 'festival', id: 'f', value: festivalValue })
    expect(versionAfter(put)).toBe(1)
    expect(versionAfter(write(roster, 'attendee', { ticket: 'K7M29QX4', alias: '海棠' }))).toBe(1)
    expect(versionAfter(write(floor, 'checkin', { post: 'b', ticket: 'K7M29QX4', by: 'camera' }))).toBe(1)
    expect(versionAfter(write(floor, 'void', { device: 'a', n: 3 }))).toBe(1)
    expect(versionAfter(write('programme', 'remove', { type: 'festival', id: 'f' }))).toBe(2)
    expect(versionAfter(write('programme', 'void', voiding(put)))).toBe(3)
    expect(versionAfter(write('control', 'device.revoke', { device: 'b', after: 0 }))).toBe(4)
  })
})

describe('the digest', () => {
  it('shows every fact that counts, by an independent reckoning', () => {
    fc.assert(fc.property(operationSets(40), (operations) => {
      const cuts = new Map((digestOf(stateOf(operations)) as { revokedDevices: [string, number][] }).revokedDevices)
      const alive = ({ device, n }: { device: string; n: number }) => n <= (cuts.get(device) ?? Infinity)
      const voided = new Set(operations.filter(({ kind, body, ...source }) => kind === 'void' && body !== null && alive(source))
        .map(({ stream, body }) => `${stream} ${operationId(body as { device: string; n: number })}`))
      const valid = contentsThatCount(operations)
        .filter((operation) => alive(operation) && !voided.has(`${operation.stream} ${operationId(operation)}`))
        .sort((a, b) => a.at - b.at || (a.device < b.device ? -1 : 1) * Number(a.device !== b.device) || a.n - b.n)
      const lines = new Set<string>()
      const expected = valid.filter(({ stream, body }) => {
        const { sheet } = body as { sheet?: string }
        if (sheet === undefined) return true
        const line = `${stream} ${sheet}`
        return !lines.has(line) && lines.add(line)
      })
      const { checkIns, headcounts, services } = digest(operations)
      expect([...checkIns, ...headcounts, ...services].map(({ op }) => op).sort()).toEqual(expected.map(operationId).sort())
    }), { numRuns: 300 })
  })

  it('differs when one thing differs', async () => {
    const write = phone('a')
    const one = write(floor, 'headcount', { post: 'b', count: 1 })
    const hash = (operations: Operation[]) => canonicalHash(digestOf(stateOf(operations)))
    expect(await hash([one])).not.toBe(await hash([]))
    expect(await hash([one])).not.toBe(await hash([{ ...one, body: { post: 'b', count: 2 } }]))
    expect(await hash([one])).not.toBe(await hash([{ ...one, at: one.at + 1 }]))
  })
})

/** Check-ins, headcounts and services in the right stream and with a sound body, as `arbitraries.ts` makes them. */
function contentsThatCount(operations: Operation[]): Operation[] {
  return operations.filter(({ stream, kind, body }) => {
    if (body === null || !/^floor:./.test(stream)) return false
    if (kind === 'checkin') return (body as { by: string }).by !== 'thought'
    if (kind === 'headcount') return Number.isInteger((body as { count?: number }).count)
    return kind === 'service'
  })
}
