import { describe, expect, test } from 'vitest'
import { useI18n } from '../../../../src/app/messages'
import { freshness } from '../../../../src/app/screens/scan/freshness'
import { signOf } from '../../../../src/app/screens/scan/sign'
import type { Scene } from '../../../../src/app/screens/scan/sign'
import { clockAt } from '../../../../src/domain/clock'
import type { CheckIn } from '../../../../src/domain/state'
import { ticketFaults } from '../../../../src/domain/ticket'
import { time } from '../../../domain/story'

const { t } = useI18n()
const scene: Scene = {
  say: t, now: time('10:31'), timeZone: 'Asia/Shanghai', firstDay: '2023-05-20', place: '绿区 · 便民理发', todayNumber: 129, knownUntil: time('10:20'),
  nameOfPost: () => '便民理发', nameOfDevice: (device) => (device === 'me' ? undefined : '手机 9QX4'),
}
const checkIn = (device: string, clock: string, day = 0): CheckIn =>
  ({ post: 'b-hair', ticket: 'K7M29QX4', by: 'camera', source: { device, n: 1, at: clockAt(time(clock, day)), stream: 'floor:v-main' } })

test('admitted: the alias, where, which number, and how fresh that is', () => {
  expect(signOf({ kind: 'admitted', ticket: 'K7M29QX4', attendee: { ticket: 'K7M29QX4', alias: '海棠' } }, scene)).toEqual({
    kind: 'admitted', title: '海棠', lines: ['绿区 · 便民理发', '今日第 129 位'], foot: '其他手机的签到已知到 10:20', mayAdmit: false,
  })
  expect(signOf({ kind: 'admitted', ticket: 'K7M29QX4' }, scene).title).toBe('K7M2-9QX4')
})

test('unverified: accepted, and which roster it is not on', () => {
  expect(signOf({ kind: 'unverified', ticket: 'K7M29QX4' }, scene).lines.slice(0, 2)).toEqual(['已记下,稍后核实', '不在本机 10:20 的名单上'])
  expect(signOf({ kind: 'unverified', ticket: 'K7M29QX4' }, { ...scene, knownUntil: undefined }).lines[1]).toBe('本机还没有名单')
})

test('repeat: when, where and on which phone; on another day with the day', () => {
  const linesOf = (first: CheckIn) => signOf({ kind: 'repeat', ticket: 'K7M29QX4', first }, scene).lines
  expect(linesOf(checkIn('me', '10:12'))).toEqual(['10:12 在 便民理发', '由这台手机签到'])
  expect(linesOf(checkIn('other', '16:40', -1))).toEqual(['05/19 16:40 在 便民理发', '由“手机 9QX4”签到'])
})

describe('refused', () => {
  test('every reason has a sentence and an advice', () => {
    for (const reason of [...ticketFaults, 'revoked', 'not-today', 'not-invited'] as const) {
      const { title, lines } = signOf({ kind: 'refused', reason }, scene)
      expect([title, ...lines].filter((line) => line.startsWith('scan.'))).toEqual([])
    }
  })

  test('a person may decide where the ticket is known', () => {
    expect(signOf({ kind: 'refused', reason: 'bad-signature', ticket: 'K7M29QX4' }, scene)).toMatchObject({ mayAdmit: true, lines: ['K7M2-9QX4', expect.any(String)] })
    expect(signOf({ kind: 'refused', reason: 'not-a-ticket' }, scene).mayAdmit).toBe(false)
  })

  test('not valid today: on which days it is', () => {
    const valid = (from: number, until: number) =>
      signOf({ kind: 'refused', reason: 'not-today', ticket: 'K7M29QX4', validDays: { from, until } }, scene).lines[1]
    expect([valid(1, 1), valid(1, 12)]).toEqual(['这张码 05/21 有效', '这张码 05/21 至 06/01 有效'])
  })
})

test('freshness: known, silent from a quarter of an hour, never', () => {
  const at = (known: number | undefined) => freshness(t, known, time('10:31'), 'Asia/Shanghai')
  expect(at(time('10:17'))).toBe('其他手机的签到已知到 10:17')
  expect(at(time('10:16'))).toBe('已有 15 分没收到其他手机的签到(只知到 10:16)')
  expect(at(undefined)).toBe('还没收到其他手机的签到')
})
