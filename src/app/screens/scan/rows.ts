import type { RecentCheckIn } from '../../../device'
import { millisecondsOf } from '../../../domain/clock'
import type { Operation } from '../../../domain/operation'
import { operationId } from '../../../domain/operation'
import type { CheckIn } from '../../../domain/state'
import type { Verdict } from '../../../domain/verdict'
import { showTicketId } from '../../../protocol/crockford'
import type { Shown } from './session'
import { nameOf } from './sign'

/** One line of 最近五次. */
export interface Row {
  key: string
  mark: Verdict['kind']
  /** Who; undefined for a code that named nobody. */
  name?: string
  /** What the mark alone does not say. */
  note?: 'voided' | 'repeat' | 'refused' | 'unverified' | 'override' | 'quarantined'
  /** Milliseconds. */
  at: number
  /** 撤销 on one's own check-in; 详情 on a repeat or a refusal, or on who was first when that came out later. */
  action?: { kind: 'undo'; operation: Operation } | { kind: 'review'; shown: Shown } | { kind: 'first'; checkIn: RecentCheckIn }
}

const shownAtMost = 5

/** The last five things that happened here: check-ins that were written, and repeats and refusals, which write nothing. */
export function rowsOf(written: readonly RecentCheckIn[], turnedAway: readonly Shown[]): Row[] {
  return [...written.map(rowOfWritten), ...turnedAway.map(rowOfTurnedAway)]
    .sort((a, b) => b.at - a.at)
    .slice(0, shownAtMost)
}

function rowOfWritten(checkIn: RecentCheckIn): Row {
  const { operation, standing } = checkIn
  const row = { key: operationId(operation), name: nameOf(checkIn), at: millisecondsOf(operation.at) }
  switch (standing) {
    case 'repeat':
      return { ...row, mark: 'repeat', note: 'repeat', action: { kind: 'first', checkIn } }
    case 'voided':
    case 'quarantined':
      return { ...row, mark: 'refused', note: standing }
    case 'stands': {
      const { by, override } = operation.body as Pick<CheckIn, 'by' | 'override'>
      const unverified = by === 'typed' && !checkIn.attendee
      const note = override !== undefined ? 'override' : unverified ? 'unverified' : undefined
      return { ...row, mark: unverified ? 'unverified' : 'admitted', note, action: { kind: 'undo', operation } }
    }
  }
}

function rowOfTurnedAway(shown: Shown): Row {
  const row = { key: `shown-${shown.id}`, at: shown.at, action: { kind: 'review', shown } as const }
  if ('fault' in shown.result) return { ...row, mark: 'refused', note: 'refused' }
  const { verdict } = shown.result
  if (verdict.kind === 'refused') {
    return { ...row, mark: 'refused', note: 'refused', name: verdict.ticket && showTicketId(verdict.ticket) }
  }
  return { ...row, mark: verdict.kind, note: 'repeat', name: nameOf(verdict) }
}
