import { expect, test } from 'vitest'
import { headcountToday } from '../../../../src/app/screens/scan/headcount'
import { rowsOf } from '../../../../src/app/screens/scan/rows'
import type { Shown } from '../../../../src/app/screens/scan/session'
import type { RecentCheckIn } from '../../../../src/device'
import { postOf } from '../../../../src/domain/post'
import type { Verdict } from '../../../../src/domain/verdict'
import { floor, phone, time, voiding } from '../../../domain/story'
import { programme, stateWith } from '../../staff/festival'

const me = phone('me0000000000')
const post = postOf(programme, 'b-hair')!
const written = (clock: string, standing: RecentCheckIn['standing'], body: object = {}, alias?: string): RecentCheckIn => ({
  operation: me(floor, 'checkin', { post: 'b-hair', ticket: 'K7M29QX4', by: 'camera', ...body }, time(clock)),
  ticket: 'K7M29QX4', standing, attendee: alias ? { ticket: 'K7M29QX4', alias } : undefined,
})
const turned = (id: number, clock: string, verdict: Verdict): Shown =>
  ({ id, scan: { by: 'camera', id: '' }, post, at: time(clock), result: { verdict, todayNumber: 0 } })

test('what was written and what was turned away stand together, the latest five', () => {
  const rows = rowsOf(
    [written('10:31', 'stands', {}, '海棠'), written('10:29', 'voided'), written('10:28', 'repeat', {}, '银杏'), written('10:20', 'stands'), written('10:19', 'stands')],
    [turned(2, '10:30', { kind: 'refused', reason: 'not-a-ticket' }), turned(1, '10:10', { kind: 'refused', reason: 'revoked', ticket: 'K7M29QX4' })],
  )
  expect(rows.map(({ mark, name, note, action }) => [mark, name, note, action?.kind])).toEqual([
    ['admitted', '海棠', undefined, 'undo'],
    ['refused', undefined, 'refused', 'review'],
    ['refused', 'K7M2-9QX4', 'voided', undefined],
    ['repeat', '银杏', 'repeat', 'first'],
    ['admitted', 'K7M2-9QX4', undefined, 'undo'],
  ])
})

test('a typed code off the roster stays to be verified; one let in anyway says so; one put aside can\'t be undone', () => {
  const [typed, known, anyway, aside] = [
    written('10:31', 'stands', { by: 'typed' }), written('10:30', 'stands', { by: 'typed' }, '海棠'),
    written('10:29', 'stands', { override: '本人到场' }), written('10:28', 'quarantined'),
  ]
  expect(rowsOf([typed, known, anyway, aside], []).map(({ mark, note, action }) => [mark, note, action?.kind])).toEqual([
    ['unverified', 'unverified', 'undo'], ['admitted', undefined, 'undo'], ['admitted', 'override', 'undo'], ['refused', 'quarantined', undefined],
  ])
})

test('headcounts of the day: with those taken back, without those undone', () => {
  const count = (count: number, clock: string, day = 0) => me(floor, 'headcount', { post: 'b-hair', count }, time(clock, day))
  const undone = count(1, '10:02')
  const state = stateWith(count(4, '23:59', -1), count(1, '00:00'), count(5, '10:00'), count(-1, '10:01'), undone, me(floor, 'void', voiding(undone)))
  expect(headcountToday(state, 'b-hair', time('10:31'), 'Asia/Shanghai')).toBe(5)
})
