import type { Source } from './operation'
import { compareSources } from './operation'
import type { Fact, Revocation, State } from './state'
import { sheetKey, targetKey } from './state'

function isCut(cuts: ReadonlyMap<string, number>, source: Source): boolean {
  const after = cuts.get(source.device)
  return after !== undefined && source.n > after
}

/** Whether a fact counts: its device was not revoked before it, and nothing that counts voids it. */
export function stands(state: State, fact: Fact): boolean {
  if (isCut(state.cuts, fact.source)) return false
  const voids = state.voids.get(targetKey(fact.source.stream, fact.source))
  return !voids?.some((entry) => !isCut(state.cuts, entry.source))
}

/** As `stands`, and of the facts entered from one line of paper only the first that stands counts. */
export function counts(state: State, fact: Fact): boolean {
  if (!stands(state, fact)) return false
  if (fact.sheet === undefined) return true
  const same = state.sheets.get(sheetKey(fact.source.stream, fact.sheet)) ?? []
  return !same.some((other) => compareSources(other.source, fact.source) < 0 && stands(state, other))
}

/**
 * Which devices are cut off, and after which `n`.
 *
 * Earlier revocations are heard first, so a lost phone can't answer its own revocation with one of the owner's. A
 * revocation that turns out to be written by a phone cut off before it is struck out, and the rest is heard again; each round
 * strikes one out for good, so this ends. A `device.revoke` can't be voided: the same phone could void it.
 */
export function cutsOf(revocations: readonly Revocation[]): Map<string, number> {
  let heard = [...revocations].sort((a, b) => compareSources(a.source, b.source))
  for (;;) {
    const cuts = new Map<string, number>()
    for (const revocation of heard) {
      if (isCut(cuts, revocation.source)) continue
      const known = cuts.get(revocation.device)
      cuts.set(revocation.device, known === undefined ? revocation.after : Math.min(known, revocation.after))
    }
    const struck = heard.find((revocation) => isCut(cuts, revocation.source))
    if (!struck) return cuts
    heard = heard.filter((revocation) => revocation !== struck)
  }
}
