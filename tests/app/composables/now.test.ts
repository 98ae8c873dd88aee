// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { effectScope } from 'vue'
import { useNow } from '../../../src/app/composables/now'

const start = Date.parse('2023-05-20T10:32:40+08:00')
let seen: DocumentVisibilityState = 'visible'

function turn(to: DocumentVisibilityState): void {
  seen = to
  document.dispatchEvent(new Event('visibilitychange'))
}

beforeEach(() => {
  vi.useFakeTimers({ now: start })
  vi.spyOn(document, 'visibilityState', 'get').mockImplementation(() => seen)
})
afterEach(() => {
  turn('visible')
  vi.useRealTimers()
})

test('time moves with the minute, and only while somebody looks', async () => {
  const scope = effectScope()
  const now = scope.run(() => useNow())
  expect(now?.value).toBe(start)
  vi.advanceTimersByTime(19_999)
  expect(now?.value).toBe(start)
  vi.advanceTimersByTime(1)
  expect(now?.value).toBe(start + 20_000)
  vi.advanceTimersByTime(60_000)
  expect(now?.value).toBe(start + 80_000)

  turn('hidden')
  await vi.advanceTimersByTimeAsync(10 * 60_000)
  expect(now?.value).toBe(start + 80_000)
  turn('visible')
  await vi.advanceTimersByTimeAsync(0)
  expect(now?.value).toBe(start + 680_000)
  scope.stop()
})
