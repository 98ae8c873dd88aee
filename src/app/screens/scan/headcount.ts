import { shallowRef } from 'vue'
import type { Device, RecordFault } from '../../../device'
import { millisecondsOf } from '../../../domain/clock'
import type { Operation } from '../../../domain/operation'
import { localDay, startOfLocalDay } from '../../../domain/localTime'
import type { Post } from '../../../domain/post'
import { counts } from '../../../domain/standing'
import type { State } from '../../../domain/state'
import { floorOf } from '../../../domain/stream'

/** 无码计数 at a post since the present local day began. */
export function headcountToday(state: State, post: string, now: number, timeZone: string): number {
  const since = startOfLocalDay(localDay(now, timeZone), timeZone)
  return (state.headcounts.get(post) ?? [])
    .filter((fact) => millisecondsOf(fact.source.at) >= since && counts(state, fact))
    .reduce((sum, fact) => sum + fact.count, 0)
}

/** People counted without a code: one tap, one person, with an undo. */
export function useHeadcount(device: Pick<Device, 'record' | 'undo'>, post: Post, failed: (fault: RecordFault) => void) {
  /** What was written last, until its undo has gone. */
  const last = shallowRef<Operation>()

  async function add(): Promise<void> {
    const outcome = await device.record(floorOf(post.venue), 'headcount', { post: post.id, count: 1 })
    if (outcome.ok) last.value = outcome.operation
    else failed(outcome.fault)
  }

  async function undo(reason: string): Promise<void> {
    if (!last.value) return
    const outcome = await device.undo(last.value, reason)
    if (outcome.ok) last.value = undefined
    else failed(outcome.fault)
  }

  return { last, add, undo }
}
