import type { PostRule } from './entities'
import { addDays, localDay, startOfLocalDay } from './localTime'
import { compareSources, operationId } from './operation'
import { clockAt, millisecondsOf } from './clock'
import { counts } from './standing'
import type { CheckIn, State } from './state'

/** The same ticket at the same post within this time of the first of a run is the same visit (product.md, Measures). */
const sameVisit = 10 * 60_000

/** The check-ins of one ticket at one post that count, oldest first. */
export function checkInsOf(state: State, post: string, ticket: string): CheckIn[] {
  const found = state.checkIns.get(post)?.get(ticket) ?? []
  return found.filter((fact) => counts(state, fact)).sort((a, b) => compareSources(a.source, b.source))
}

/** The first check-in of each visit: after ten minutes from the first of a run a new run begins. */
export function visitsOf(checkIns: readonly CheckIn[]): CheckIn[] {
  const visits: CheckIn[] = []
  for (const checkIn of checkIns) {
    const first = visits.at(-1)
    if (!first || millisecondsOf(checkIn.source.at) - millisecondsOf(first.source.at) > sameVisit) visits.push(checkIn)
  }
  return visits
}

/** 人次 at one post on the local day that a moment falls on. */
export function visitsOnDay(state: State, post: string, milliseconds: number, timeZone: string): number {
  const day = localDay(milliseconds, timeZone)
  // The span of the day once, not the day of each visit: this is asked after every scan, at a gate of thousands.
  const [from, to] = [clockAt(startOfLocalDay(day, timeZone)), clockAt(startOfLocalDay(addDays(day, 1), timeZone))]
  const onDay = ({ source }: CheckIn) => from <= source.at && source.at < to
  let visits = 0
  for (const ticket of state.checkIns.get(post)?.keys() ?? []) visits += visitsOf(checkInsOf(state, post, ticket)).filter(onDay).length
  return visits
}

/**
 * The earlier check-in that makes one at `milliseconds` a repeat by the post's rule; undefined when it is none.
 * @param earlier check-ins of the same ticket at the same post, oldest first
 */
export function repeatOf(earlier: readonly CheckIn[], milliseconds: number, rule: PostRule, timeZone: string): CheckIn | undefined {
  switch (rule) {
    case 'once':
      return earlier[0]
    case 'daily': {
      const today = localDay(milliseconds, timeZone)
      return earlier.find((fact) => localDay(millisecondsOf(fact.source.at), timeZone) === today)
    }
    case 'visit':
      // Either way: a phone whose clock is ahead must not make everybody after it a repeat until its time has come.
      return visitsOf(earlier).find((run) => Math.abs(milliseconds - millisecondsOf(run.source.at)) <= sameVisit)
  }
}

/**
 * After sync: the check-in that stands in place of this one, when another phone let the same ticket in before.
 * The earlier one stands; this one is then shown as a repeat of it. A check-in admitted anyway is nobody's repeat.
 */
export function precededBy(state: State, checkIn: CheckIn, rule: PostRule, timeZone: string): CheckIn | undefined {
  if (checkIn.override !== undefined) return undefined
  const own = operationId(checkIn.source)
  const all = checkInsOf(state, checkIn.post, checkIn.ticket)
  const place = all.findIndex((fact) => operationId(fact.source) === own)
  if (place < 0) return undefined
  return repeatOf(all.slice(0, place), millisecondsOf(checkIn.source.at), rule, timeZone)
}
