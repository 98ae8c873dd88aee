import { createI18n } from 'petite-vue-i18n'
import type { Language } from '../stores/display'
import type { Paths } from './shape'
import zh from './zh-CN'

type Tree = typeof zh

/** `more.light.auto`: a message there is. */
export type MessageKey = Paths<Tree>

declare module 'petite-vue-i18n' {
  // Gives `t` the keys there are.
  export interface DefineLocaleMessage extends Tree {}
}

/** The message at a path; without one the key stands on the screen, where a person sees it. */
function findMessage(tree: unknown, path: string): string | null {
  let found = tree
  for (const key of path.split('.')) {
    if (typeof found !== 'object' || found === null) return null
    found = (found as Record<string, unknown>)[key]
  }
  return typeof found === 'string' ? found : null
}

/** Chinese comes with the app, and stands in for English until that has been fetched. */
export const i18n = createI18n({
  legacy: false,
  locale: 'zh-CN',
  fallbackLocale: 'zh-CN',
  messages: { 'zh-CN': zh, en: zh } satisfies Record<Language, Tree>,
  // The small edition of vue-i18n knows no paths of its own.
  messageResolver: findMessage,
})

/** Speaks another language from now on. English is a chunk of its own; without a network it comes from this phone's copy. */
export async function speak(language: Language): Promise<void> {
  const { global } = i18n
  global.locale.value = language
  if (language === 'en') global.setLocaleMessage('en', (await import('./en')).default)
}
