import { describe, expect, test } from 'vitest'
import { speak, useI18n } from '../../../src/app/messages'
import en from '../../../src/app/messages/en'
import zh from '../../../src/app/messages/zh-CN'

/** `shell.sync.waiting` → its text, for every message. */
function flat(tree: object, path = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]: [string, unknown]) => (
    typeof value === 'object' && value !== null ? flat(value, `${path}${key}.`) : [[`${path}${key}`, String(value)]]
  ))
}

function placeholders(text: string): string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name).sort()
}

const chinese = flat(zh)
const english = new Map(flat(en))

test('both languages have the same messages', () => {
  expect([...english.keys()].sort()).toEqual(chinese.map(([key]) => key).sort())
})

test('a message names the same values in both languages', () => {
  for (const [key, text] of chinese) expect({ key, names: placeholders(english.get(key) ?? '') }).toEqual({ key, names: placeholders(text) })
})

test('no message is empty', () => {
  expect([...chinese, ...english].filter(([, text]) => text.trim() === '')).toEqual([])
})

describe('as they are spoken', () => {
  const { t } = useI18n()

  test('English comes when it is asked for, Chinese comes back', async () => {
    expect(t('shell.tabs.now')).toBe('现在')
    await speak('en')
    expect(t('shell.tabs.now')).toBe('Now')
    expect(t('shell.sync.waiting', { n: 3 })).toBe('3 waiting')
    await speak('zh-CN')
    expect(t('shell.sync.waiting', { n: 3 })).toBe('待传 3')
  })

  // `@`, `|` and `{` mean something to the compiler of messages; one that is meant as itself would change what is read.
  test.each(['zh-CN', 'en'] as const)('every message in %s comes out as it was written', async (language) => {
    await speak(language)
    for (const [key, text] of language === 'en' ? english : chinese) {
      const values = Object.fromEntries(placeholders(text).map((name) => [name, `{${name}}`]))
      expect(useI18n().t(key as 'shell.name', values)).toBe(text)
    }
    await speak('zh-CN')
  })
})
