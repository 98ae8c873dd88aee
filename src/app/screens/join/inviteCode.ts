import type { TypedCode } from '../../staff/typedCode'
import { judgeTyped } from '../../staff/typedCode'

/** Characters of an invite's code. */
const length = 16

/** Judges a code as typed, or the whole link `{origin}/join#CODE` as pasted or scanned. */
export function judgeInvite(typed: string): TypedCode {
  return judgeTyped(typed.slice(typed.lastIndexOf('#') + 1), length)
}

/** `ABCD-EFGH-JKMN-PQRS`, as people read it out. */
export function showInvite(code: string): string {
  return code.match(/.{1,4}/g)?.join('-') ?? code
}
