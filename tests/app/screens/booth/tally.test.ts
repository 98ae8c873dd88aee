import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { effectScope } from 'vue'
import { givenToday, recentRecords, servicesAt } from '../../../../src/app/screens/booth/tally'
import { outcomeLasts, useOutcomes } from '../../../../src/app/screens/booth/useOutcomes'
import { floor, phone, time, voiding } from '../../../domain/story'
import { programme, stateWith } from '../../staff/festival'

const booth = programme.booths.find(({ id }) => id === 'b-hair')!
const me = phone('me0000000000')
const other = phone('other0000000')
const given = (who: typeof me, service: string, clock: string, day = 0, count = 1) =>
  who(floor, 'service', { booth: 'b-hair', service, count }, time(clock, day))

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })

test('the services of a booth, in its own order', () => {
  expect(servicesAt(programme, booth).map(({ id }) => id)).toEqual(['s-hair', 's-paper'])
})

test('today\'s numbers: by every phone at the booth, service by service, since local midnight, without what was undone', () => {
  const mistake = given(me, 's-hair', '10:10')
  const state = stateWith(
    given(me, 's-hair', '23:59', -1), given(me, 's-hair', '00:00'), given(other, 's-hair', '10:00'), given(me, 's-paper', '10:05', 0, 3),
    mistake, me(floor, 'void', voiding(mistake)),
  )
  expect([...givenToday(state, 'b-hair', time('10:31'), 'Asia/Shanghai')]).toEqual([['s-hair', 2], ['s-paper', 3]])
})

test('the latest records are this phone\'s own, newest first', () => {
  const mistake = given(me, 's-hair', '10:10')
  const state = stateWith(given(me, 's-hair', '10:00'), given(other, 's-hair', '10:01'), given(me, 's-paper', '10:02'), mistake, me(floor, 'void', voiding(mistake)))
  expect(recentRecords(state, 'b-hair', 'me0000000000', 5).map(({ service }) => service)).toEqual(['s-paper', 's-hair'])
})

test('a chosen outcome is used once, or falls back when it is not used', () => {
  const [hair, paper] = servicesAt(programme, booth)
  const scope = effectScope()
  const outcomes = scope.run(() => useOutcomes())!
  expect([outcomes.outcomeOf(hair!), outcomes.outcomeOf(paper!)]).toEqual(['done', undefined])
  outcomes.choose('s-hair', 'away')
  vi.advanceTimersByTime(outcomeLasts - 1)
  expect(outcomes.outcomeOf(hair!)).toBe('away')
  vi.advanceTimersByTime(1)
  expect(outcomes.outcomeOf(hair!)).toBe('done')
  outcomes.choose('s-hair', 'away')
  outcomes.reset('s-hair')
  expect(outcomes.outcomeOf(hair!)).toBe('done')
  scope.stop()
})
