// @vitest-environment jsdom
import { readFileSync } from 'node:fs'
import { createPinia, disposePinia, setActivePinia } from 'pinia'
import type { Pinia } from 'pinia'
import { nextTick } from 'vue'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { useDisplay } from '../../../src/app/stores/display'

const root = document.documentElement
const beforePaint = new Function(readFileSync('public/display.js', 'utf8')) as () => void

function night(dark: boolean): void {
  vi.stubGlobal('matchMedia', () => ({ matches: dark, addEventListener: vi.fn(), removeEventListener: vi.fn() }))
}

function attributes(): Record<string, string | undefined> {
  return { language: root.lang, ...root.dataset }
}

let pinia: Pinia

/** The app as it is opened afresh. */
function open(): void {
  pinia = createPinia()
  setActivePinia(pinia)
}

beforeEach(() => {
  night(false)
  open()
})
afterEach(() => {
  disposePinia(pinia)
  localStorage.clear()
})

test('everyone starts with standard text, the light of the phone, the right hand and Chinese', () => {
  useDisplay()
  expect(attributes()).toEqual({ language: 'zh-CN', theme: 'paper', text: 'standard', hand: 'right' })
  expect(localStorage.length).toBe(0)
})

test('what is chosen is shown at once and kept', async () => {
  const { settings } = useDisplay()
  settings.text = 'huge'
  settings.light = 'sunlight'
  settings.hand = 'left'
  await nextTick()
  expect(attributes()).toMatchObject({ theme: 'sunlight', text: 'huge', hand: 'left' })

  disposePinia(pinia)
  open()
  expect(useDisplay().settings).toEqual({ text: 'huge', light: 'sunlight', hand: 'left', language: 'zh-CN' })
})

test('values of another version are passed over', () => {
  localStorage.setItem('linli-display', '{"text":"gigantic","hand":"left","colour":"pink"}')
  expect(useDisplay().settings).toEqual({ text: 'standard', light: 'auto', hand: 'left', language: 'zh-CN' })
})

describe('the script before the first paint sets what the store sets', () => {
  test.each([
    [undefined, false],
    [undefined, true],
    ['{"light":"sunlight","text":"large"}', true],
    ['{"light":"dark","hand":"left","language":"en"}', false],
    ['null', false],
    ['{not json', false],
  ])('%s, dark outside: %s', (kept, dark) => {
    night(dark)
    vi.spyOn(console, 'error').mockReturnValue()
    if (kept !== undefined) localStorage.setItem('linli-display', kept)
    beforePaint()
    const painted = attributes()
    useDisplay()
    expect(attributes()).toEqual(painted)
  })
})
