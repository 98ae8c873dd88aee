// @vitest-environment jsdom
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { nextTick } from 'vue'
import { screens } from '../../../src/app/screens'
import { tabsOf, useRole } from '../../../src/app/stores/role'

beforeEach(() => setActivePinia(createPinia()))
afterEach(() => localStorage.clear())

test('every tab leads to a screen', () => {
  for (const tab of Object.values(tabsOf).flat()) expect(Object.keys(screens)).toContain(tab)
})

test('a phone that has not joined is a resident\'s', () => {
  const role = useRole()
  role.become('volunteer')
  expect([role.held, role.current]).toEqual([['resident'], 'resident'])
})

test('a link to a screen of another role that is held changes to that role; one of both does not', () => {
  const role = useRole()
  role.hold(['volunteer'])
  role.standAt('scan')
  expect(role.current).toBe('volunteer')
  role.standAt('more')
  expect(role.current).toBe('volunteer')
  role.standAt('schedule')
  expect(role.current).toBe('resident')
})

test('what was chosen last is there at once, until the device says it holds it no more', async () => {
  localStorage.setItem('linli-role', 'volunteer')
  const role = useRole()
  expect([role.held, role.current]).toEqual([['resident', 'volunteer'], 'volunteer'])
  role.hold([])
  await nextTick()
  expect([role.held, role.current]).toEqual([['resident'], 'resident'])
})
