// @vitest-environment jsdom
import { createApp } from 'vue'
import { expect, test } from 'vitest'
import SyncLine from '../../../src/app/components/SyncLine.vue'

function read(props: InstanceType<typeof SyncLine>['$props']): string {
  const place = document.createElement('div')
  createApp(SyncLine, { ...props }).mount(place)
  return place.textContent.trim()
}

test.each([
  [{ waiting: 3, oldestMinutes: 12, syncedAt: '10:20' }, '待传 3 · 最久 12 分 10:20 已同步'],
  [{ waiting: 1, oldestMinutes: 0, syncedAt: '10:20' }, '待传 1 10:20 已同步'],
  [{ waiting: 40, oldestMinutes: 135 }, '待传 40 · 最久 2 小时 15 分 还没同步过'],
  [{ waiting: 0, oldestMinutes: 0, syncedAt: '10:20' }, '全部已传 10:20 已同步'],
  [{ waiting: 0, carried: 300 }, '全部已传 · 代送 300 还没同步过'],
  [{ waiting: 2, oldestMinutes: 5, carried: 1 }, '待传 2 · 最久 5 分 · 代送 1 还没同步过'],
])('%o', (props, words) => {
  expect(read(props)).toBe(words)
})

test('what a person should do stands above it', () => {
  expect(read({ waiting: 2, attention: '存储满了' })).toBe('存储满了待传 2 还没同步过')
})
