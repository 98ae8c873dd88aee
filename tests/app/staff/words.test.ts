import { expect, test } from 'vitest'
import { useI18n } from '../../../src/app/messages'
import { attentionFor } from '../../../src/app/staff/attention'
import { ageInWords, momentOf } from '../../../src/app/staff/moment'
import { judgeTyped } from '../../../src/app/staff/typedCode'
import type { Identity, SyncStatus } from '../../../src/device'
import { time } from '../../domain/story'

const { t } = useI18n()

test('a moment of another day carries its day', () => {
  const moments = ['09:12', '00:00'].map((clock) => momentOf(time(clock), time('23:59'), 'Asia/Shanghai'))
  expect([...moments, momentOf(time('09:12', -1), time('00:01'), 'Asia/Shanghai')]).toEqual(['09:12', '00:00', '05/19 09:12'])
})

test('an age counts whole minutes, and hours from sixty', () => {
  expect([-5, 59_000, 60_000, 59 * 60_000, 60 * 60_000, 125 * 60_000].map((age) => ageInWords(t, age)))
    .toEqual(['不到 1 分', '不到 1 分', '1 分', '59 分', '1 小时 0 分', '2 小时 5 分'])
})

test('a typed code is read kindly and counted while it is typed', () => {
  expect(['', ' k7', 'k7m2-9qx4', 'KIL0 oooo', 'K7M29QX44', 'K7U'].map((typed) => judgeTyped(typed, 8))).toEqual([
    { state: 'empty' }, { state: 'short', n: 6 }, { state: 'ready', code: 'K7M29QX4' }, { state: 'ready', code: 'K1100000' },
    { state: 'long', n: 1 }, { state: 'foreign' },
  ])
})

test('only what a person must do asks for attention, the most urgent first', () => {
  const identity = { device: 'd', name: '手机', role: 'volunteer', streams: [], joinedAt: 0 } as unknown as Identity
  const status: SyncStatus = { waiting: 3, waitingByKind: {}, halfway: 0, phase: 'backing-off', trouble: 'offline', quarantined: [], undeliverable: 0, carried: 0, carriedAside: [] }
  const aside = { device: 'd', n: 1, code: 'malformed', detail: '' }
  expect([
    attentionFor(identity, undefined),
    attentionFor(identity, status),
    attentionFor(identity, { ...status, trouble: 'server-fault' }),
    attentionFor(identity, { ...status, trouble: 'unknown-token', quarantined: [aside] }),
    attentionFor(identity, { ...status, quarantined: [aside], undeliverable: 2 }),
    attentionFor(identity, { ...status, undeliverable: 2 }),
    attentionFor({ ...identity, frozen: true }, status),
    attentionFor({ ...identity, frozen: true, revoked: true }, status),
  ]).toEqual([undefined, undefined, undefined, 'rejoin', 'quarantined', 'undeliverable', 'frozen', 'revoked'])
})
