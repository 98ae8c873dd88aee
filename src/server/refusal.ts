import type { ProblemCode } from '../protocol/problem'

/** A request that can't be done, and why: the HTTP side answers it as problem JSON, other callers read `code`. */
export class Refusal extends Error {
  override name = 'Refusal'
  readonly code: ProblemCode
  /** Further members of the problem, such as `need` of a gap. */
  readonly more: Record<string, unknown>

  /** @param detail for a programmer, in English; it quotes no personal data and no token */
  constructor(code: ProblemCode, detail: string, more: Record<string, unknown> = {}) {
    super(detail)
    this.code = code
    this.more = more
  }
}
