import { usePreferredDark, useStorage } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed, watch } from 'vue'
import { languages, speak } from '../messages'

/** What may be chosen; the first of each is where everyone starts. */
export const displayChoices = {
  text: ['standard', 'large', 'huge'],
  light: ['auto', 'paper', 'dark', 'sunlight'],
  hand: ['right', 'left'],
  language: languages,
} as const

type Choices = typeof displayChoices
export type Display = { -readonly [Setting in keyof Choices]: Choices[Setting][number] }

const start: Display = { text: 'standard', light: 'auto', hand: 'right', language: 'zh-CN' }

/** What was kept, without whatever this version does not know. */
function readDisplay(text: string): Display {
  const kept: unknown = JSON.parse(text)
  const given = typeof kept === 'object' && kept !== null ? kept : {}
  const known = Object.entries(given).filter(([setting, value]) => setting in displayChoices
    && (displayChoices[setting as keyof Choices] as readonly unknown[]).includes(value))
  return { ...start, ...Object.fromEntries(known) }
}

/**
 * Text size, light, hand and language, kept on this phone. The document's attributes, which tokens.css reads, follow
 * them; public/display.js has set the same ones before the first paint.
 */
export const useDisplay = defineStore('display', () => {
  const settings = useStorage<Display>('linli-display', () => ({ ...start }), undefined, {
    serializer: { read: readDisplay, write: (value) => JSON.stringify(value) },
    writeDefaults: false,
  })
  const nightOutside = usePreferredDark()
  const theme = computed(() => {
    if (settings.value.light !== 'auto') return settings.value.light
    return nightOutside.value ? 'dark' : 'paper'
  })

  watch([settings, theme], () => {
    const root = document.documentElement
    root.lang = settings.value.language
    root.dataset.theme = theme.value
    root.dataset.text = settings.value.text
    root.dataset.hand = settings.value.hand
    // The phone's own bars take the page's colour.
    const paper = getComputedStyle(root).getPropertyValue('--paper').trim()
    document.querySelector('meta[name="theme-color"]')?.setAttribute('content', paper)
  }, { immediate: true, deep: true })
  watch(() => settings.value.language, (language) => speak(language))

  return { settings, theme }
})
