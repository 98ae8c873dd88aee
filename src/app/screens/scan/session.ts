import { computed, readonly, ref, shallowReadonly, shallowRef } from 'vue'
import type { Device, RecordFault, ScanResult } from '../../../device'
import type { Post } from '../../../domain/post'
import type { CheckInWay } from '../../../domain/state'
import type { Scan, Verdict } from '../../../domain/verdict'
import type { Signal } from '../../senses'

/** product.md: a verdict goes by itself after this, in milliseconds. */
export const verdictLasts = 1_200

/** A write is a millisecond or two; only one that takes longer is worth a word. */
const savingShownAfter = 250

/** How many of this session's repeats and refusals are kept for the list; they write nothing, so memory is all there is. */
const remembered = 5

/** One scan and what came of it. */
export interface Shown {
  /** 1, 2, 3 … in this session, so that the same person shown twice is two things. */
  id: number
  scan: Scan
  post: Post
  /** Corrected time, milliseconds. */
  at: number
  result: ScanResult
}

/** What else could not be saved. */
export interface Failure {
  about: 'undo' | 'headcount'
  fault: RecordFault
}

/**
 * How long what is shown stays by itself; undefined: until a tap or the next code.
 *
 * Most things go after 1.2 s. What asks something of a person does not: a refusal that somebody may overrule (the holder is standing
 * there; 1.2 s is too short to listen to them), and a fault, because what was not saved must be seen.
 * Neither holds up the queue: scanning goes on underneath and the next code takes the screen at once; the refusal
 * stays among the last five and can be decided from there.
 */
export function lastsFor({ result }: Shown): number | undefined {
  if ('fault' in result) return undefined
  const { verdict } = result
  return verdict.kind === 'refused' && verdict.ticket !== undefined ? undefined : verdictLasts
}

const signals: Readonly<Record<Verdict['kind'], Signal>> = {
  admitted: 'welcome', unverified: 'look', repeat: 'look', refused: 'stop',
}

/**
 * One volunteer scanning: codes in, verdicts out, one after the other. Nothing is shown before the device says that it is durable.
 * @param give says a signal to ear and hand
 */
export function useScanSession(device: Pick<Device, 'readTicket' | 'checkIn' | 'admitAnyway' | 'undo' | 'now'>, give: (signal: Signal) => void) {
  const shown = shallowRef<Shown>()
  /** Repeats and refusals of this session, latest first. */
  const turnedAway = shallowRef<readonly Shown[]>([])
  const failure = shallowRef<Failure>()
  const saving = ref(false)
  let lastId = 0
  let leaving: ReturnType<typeof setTimeout> | undefined
  let line: Promise<unknown> = Promise.resolve()

  /** One after the other from reading to showing: verdicts appear in the order of the scans. */
  function inTurn<T>(write: () => Promise<T>): Promise<T> {
    const turn = line.then(async () => {
      const slow = setTimeout(() => { saving.value = true }, savingShownAfter)
      try {
        return await write()
      } finally {
        clearTimeout(slow)
        saving.value = false
      }
    })
    line = turn.catch(() => undefined)
    return turn
  }

  function show(scan: Scan, post: Post, result: ScanResult): void {
    clearTimeout(leaving)
    const next: Shown = { id: ++lastId, scan, post, at: device.now(), result }
    shown.value = next
    failure.value = undefined
    const verdict = 'fault' in result ? undefined : result.verdict
    if (verdict && (verdict.kind === 'repeat' || verdict.kind === 'refused')) {
      turnedAway.value = [next, ...turnedAway.value].slice(0, remembered)
    }
    give(verdict ? signals[verdict.kind] : 'stop')
    const lasts = lastsFor(next)
    if (lasts !== undefined) leaving = setTimeout(dismiss, lasts)
  }

  function dismiss(): void {
    clearTimeout(leaving)
    shown.value = undefined
    failure.value = undefined
  }

  /** An id that a person typed or picked; also what a fault left undone, once more. */
  async function take(scan: Scan, post: Post): Promise<void> {
    show(scan, post, await inTurn(() => device.checkIn(post, scan)))
  }

  /** The text of a code that was read. */
  async function takeText(text: string, by: CheckInWay, post: Post): Promise<void> {
    const [scan, result] = await inTurn(async () => {
      const read: Scan = { by, reading: await device.readTicket(text) }
      return [read, await device.checkIn(post, read)] as const
    })
    show(scan, post, result)
  }

  /** Shows an earlier repeat or refusal again, for as long as it is looked at. */
  function review(earlier: Shown): void {
    clearTimeout(leaving)
    shown.value = earlier
  }

  /** Lets in what was refused. The reason is recorded with the check-in. */
  async function admit(refused: Shown, reason: string): Promise<void> {
    if ('fault' in refused.result || refused.result.verdict.kind !== 'refused') return
    const { ticket } = refused.result.verdict
    if (ticket === undefined) return
    const { scan, post } = refused
    show(scan, post, await inTurn(() => device.admitAnyway(post, ticket, scan.by, reason)))
    turnedAway.value = turnedAway.value.filter(({ id }) => id !== refused.id)
  }

  /** @returns whether it is undone; if not, the screen says so. */
  async function undo(target: { device: string; n: number; stream: string }, reason: string): Promise<boolean> {
    const outcome = await inTurn(() => device.undo(target, reason))
    dismiss()
    if (!outcome.ok) fail('undo', outcome.fault)
    return outcome.ok
  }

  /** Something beside a scan could not be saved. */
  function fail(about: Failure['about'], fault: RecordFault): void {
    failure.value = { about, fault }
    give('stop')
  }

  return {
    shown: shallowReadonly(shown), turnedAway: shallowReadonly(turnedAway), failure: shallowReadonly(failure), saving: readonly(saving),
    covered: computed(() => shown.value !== undefined || failure.value !== undefined),
    take, takeText, review, admit, undo, fail, dismiss,
  }
}
export type ScanSession = ReturnType<typeof useScanSession>
