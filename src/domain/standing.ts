import type { Source } from './operation'
import { compareSources } from './operation'
import type { Fact, Revocation, State } from './state'
import { sheetKey, targetKey } from './state'

/** Whether its device was cut off before it wrote this. */
export function isCut(state: State, source: Source): boolean {
  const after = state.cuts.get(source.device)
  return after !== undefined && source.n > after
}

/** Whether a fact counts: its device was not revoked before it, and nothing that counts voids it. */
export function stands(state: State, fact: Fact): boolean {
  if (isCut(state, fact.source)) return false
  const voids = state.voids.get(targetKey(fact.source.stream, fact.source))
  return !voids?.some((entry) => !isCut(state, entry.source))
}

/** As `stands`, and of the facts entered from one line of paper only the first that stands counts. */
export function counts(state: State, fact: Fact): boolean {
  if (!stands(state, fact)) return false
  if (fact.sheet === undefined) return true
  const same = state.sheets.get(sheetKey(fact.source.stream, fact.sheet)) ?? []
  return !same.some((other) => compareSources(other.source, fact.source) < 0 && stands(state, other))
}

/** Whether one revocation takes the other away. None takes itself away: a phone may report itself lost. */
function strikes(one: Revocation, other: Revocation): boolean {
  return one !== other && one.device === other.source.device && other.source.n > one.after
}

/**
 * Which devices are cut off, and after which `n`.
 *
 * A revocation that nobody strikes counts, and those that it strikes are out; so a rogue phone's revocations fall with it,
 * whatever `at` they carry. Where phones revoke each other the earlier counts: a lost phone can't answer its own revocation
 * with one of the owner's. A `device.revoke` can't be voided: the same phone could void it.
 */
export function cutsOf(revocations: readonly Revocation[]): Map<string, number> {
  const cuts = new Map<string, number>()
  let open = [...revocations].sort((a, b) => compareSources(a.source, b.source))
  while (open.length > 0) {
    const strikersOf = (revocation: Revocation) => open.filter((other) => strikes(other, revocation))
    const next = open.find((revocation) => strikersOf(revocation).length === 0)
      ?? open.find((revocation) => strikersOf(revocation).every((other) => strikes(revocation, other)))
      // Three or more in a ring: no answer is right, but everybody gives the same.
      ?? open[0]
    if (!next) break
    cuts.set(next.device, Math.min(next.after, cuts.get(next.device) ?? Infinity))
    open = open.filter((revocation) => revocation !== next && !strikes(next, revocation))
  }
  return cuts
}
