import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { LocalNotifier } from '../../src/server/sync/notifier'

const floor = 'floor:v-main'
const never = new AbortController().signal
let notifier: LocalNotifier
beforeEach(() => {
  vi.useFakeTimers()
  notifier = new LocalNotifier()
})
afterEach(() => vi.useRealTimers())

/** Whoever waits for news of these streams, and whether it came. */
function waiter(...streams: string[]) {
  const bell = notifier.listen(streams)
  const waiting = { woken: false }
  void bell.rung(25_000, never).then(() => {
    waiting.woken = true
    bell.stop()
  })
  return waiting
}
/** Lets promises take their turn, and so much time pass. */
const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds)

it('wakes at once who waits for a stream that grew, and nobody else', async () => {
  const [concerned, other] = [waiter('control', floor), waiter('control')]
  notifier.publish([floor])
  await pass(0)
  expect([concerned.woken, other.woken]).toEqual([true, false])
})

it('tells news that comes right after news together, and loses none', async () => {
  notifier.publish([floor])
  const [one, other] = [waiter(floor), waiter('control')]
  notifier.publish([floor])
  notifier.publish(['control'])
  notifier.publish([floor])
  await pass(0)
  expect([one.woken, other.woken]).toEqual([false, false])
  await pass(40)
  expect([one.woken, other.woken]).toEqual([true, true])
})

it('wakes at once again when it has rested', async () => {
  notifier.publish([floor])
  await pass(100)
  const late = waiter(floor)
  notifier.publish([floor])
  await pass(0)
  expect(late.woken).toBe(true)
})

it('wakes everybody at once when the server stops', async () => {
  notifier.publish([floor])
  const waiting = waiter(floor)
  notifier.close()
  await pass(0)
  expect(waiting.woken).toBe(true)
})
