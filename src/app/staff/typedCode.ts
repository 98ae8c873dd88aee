import { readCrockford } from '../../protocol/crockford'

export type TypedCode =
  /** `foreign`: holds what is none of Crockford's characters. */
  | { state: 'empty' | 'foreign' }
  /** `n` are missing, or too many. */
  | { state: 'short' | 'long'; n: number }
  | { state: 'ready'; code: string }

/** Judges what has been typed so far of a code of so many characters, read kindly. */
export function judgeTyped(typed: string, length: number): TypedCode {
  const code = readCrockford(typed)
  if (code === undefined) return { state: 'foreign' }
  if (code === '') return { state: 'empty' }
  if (code.length < length) return { state: 'short', n: length - code.length }
  if (code.length > length) return { state: 'long', n: code.length - length }
  return { state: 'ready', code }
}
