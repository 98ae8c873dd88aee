import { readonly, ref, shallowRef } from 'vue'
import type { Messages, Paths } from './shape'
import zh from './zh-CN'

type Tree = typeof zh

/** What is spoken; Chinese first. */
export const languages = ['zh-CN', 'en'] as const
export type Language = (typeof languages)[number]

/** `more.light.auto`: a message there is. */
export type MessageKey = Paths<Tree>

const language = ref<Language>('zh-CN')
/** Chinese comes with the app, and stands in for English until that has been fetched. */
const spoken = shallowRef<Messages<Tree>>(zh)

/**
 * The message in the language spoken now, with `{name}` replaced by the value of that name. Reactive.
 * A key that is not there stands on the screen as it is, where a person sees it.
 */
function t(key: MessageKey, values: Readonly<Record<string, string | number>> = {}): string {
  let found: unknown = spoken.value
  for (const part of key.split('.')) found = (found as Record<string, unknown> | undefined)?.[part]
  if (typeof found !== 'string') return key
  return found.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

const i18n = { t, locale: readonly(language) }

/** `t` and the language that is spoken. */
export function useI18n(): typeof i18n {
  return i18n
}

/** Speaks another language from now on. English is a chunk of its own; without a network it comes from this phone's copy. */
export async function speak(wanted: Language): Promise<void> {
  language.value = wanted
  const messages = wanted === 'en' ? (await import('./en')).default : zh
  // Whoever changed their mind meanwhile is not answered in the language they left.
  if (language.value === wanted) spoken.value = messages
}
