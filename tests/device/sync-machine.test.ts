import { describe, expect, test } from 'vitest'
import type { Phase } from '../../src/device'
import { syncTable, type SyncEvent } from '../../src/device/sync-machine'

const phases = Object.keys(syncTable) as Phase[]
const events = Object.keys(syncTable.off) as SyncEvent[]
const next = (phase: Phase, event: SyncEvent): Phase => {
  const found = syncTable[phase][event]
  return found === 'stay' ? phase : found
}
const play = (from: Phase, ...story: SyncEvent[]) => story.reduce(next, from)

function reachable(from: Phase, allowed: readonly SyncEvent[] = events): Set<Phase> {
  const found = new Set([from])
  for (const phase of found) for (const event of allowed) found.add(next(phase, event))
  return found
}

describe('the table', () => {
  test('knows every event in every state, and leads only to states', () => {
    for (const phase of phases) {
      expect(Object.keys(syncTable[phase]).sort()).toEqual([...events].sort())
      for (const event of events) expect(phases).toContain(next(phase, event))
    }
  })

  test('every state can be reached, and left by stop', () => {
    expect(reachable('off')).toEqual(new Set(phases))
    for (const phase of phases) expect(next(phase, 'stop')).toBe('off')
  })

  test('nothing but a person ends a fork or a revocation', () => {
    expect(reachable('stopped', events.filter((event) => event !== 'stop'))).toEqual(new Set(['stopped']))
  })

  test('without a lock nothing is ever asked', () => {
    const withoutLock = events.filter((event) => event !== 'lead')
    expect(reachable('off', withoutLock)).toEqual(new Set(['off', 'following']))
  })

  test('every outbox drains: from wherever it waits, time alone brings it to exchange', () => {
    for (const phase of ['resting', 'backing-off', 'held-off'] as const) expect(next(phase, 'timer')).toBe('exchanging')
    for (const event of ['progress', 'done', 'failed', 'held', 'refused'] as const) expect(next('listening', event)).not.toBe('off')
  })
})

describe('stories', () => {
  test('a shift: leads, catches up, listens, sends a record at once', () => {
    expect(play('off', 'start', 'lead', 'progress', 'done')).toBe('listening')
    expect(play('listening', 'record')).toBe('exchanging')
    expect(play('listening', 'record', 'done', 'hidden')).toBe('resting')
    expect(play('exchanging', 'done-rest', 'shown')).toBe('exchanging')
  })

  test('a record does not shorten a wait after failures; a person, a network or a look does', () => {
    expect(play('exchanging', 'failed', 'record')).toBe('backing-off')
    for (const event of ['hurry', 'online', 'shown', 'timer'] as const) expect(next('backing-off', event)).toBe('exchanging')
  })

  test('what the server asked for is kept to: only time ends it', () => {
    const others = events.filter((event) => event !== 'timer' && event !== 'stop')
    expect(reachable('held-off', others)).toEqual(new Set(['held-off']))
  })
})
