/** Kinds of operation that have words of their own on /sync. */
export const namedKinds = ['checkin', 'headcount', 'service', 'void', 'attendee'] as const
export type NamedKind = (typeof namedKinds)[number]

/** What waits, kind by kind in one fixed order; kinds without a word of their own are counted together, last. */
export function waitingRows(waitingByKind: Readonly<Record<string, number>>): { kind: NamedKind | 'other'; n: number }[] {
  const named = namedKinds.map((kind) => ({ kind, n: waitingByKind[kind] ?? 0 }))
  const all = Object.values(waitingByKind).reduce((sum, n) => sum + n, 0)
  const other = all - named.reduce((sum, { n }) => sum + n, 0)
  return [...named, { kind: 'other' as const, n: other }].filter(({ n }) => n > 0)
}
