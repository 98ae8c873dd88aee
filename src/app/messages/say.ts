import type { MessageKey } from '.'

/** What `t` of `useI18n` is to plain code: a message by its key, with the values it names. */
export type Say = (key: MessageKey, values?: Record<string, string | number>) => string
