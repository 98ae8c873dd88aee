import { clockAt } from '../../src/domain/clock'
import type { Operation, StreamName } from '../../src/domain/operation'

/** Writes operations by hand, for tests that tell what happened one step after another. */

export const floor = 'floor:v-main'
export const roster = 'roster:v-main'

/** Milliseconds of a time on the festival's first day in Beijing, `09:12` or `09:12:30.250`; `day` counts from it. */
export function time(clock: string, day = 0): number {
  const full = clock.length === 5 ? `${clock}:00` : clock
  return Date.parse(`2023-05-20T${full}+08:00`) + day * 86_400_000
}

export type Write = (stream: StreamName, kind: string, body: unknown, milliseconds?: number) => Operation

/** A device that numbers what it writes: 1, 2, 3 … */
export function phone(device: string): Write {
  let n = 0
  return (stream, kind, body, milliseconds = time('09:00')) =>
    ({ device, n: ++n, at: clockAt(milliseconds), stream, kind, body })
}

/** The body that voids an operation. */
export function voiding({ device, n }: Operation) {
  return { device, n, reason: 'by mistake' }
}

export const festivalValue = {
  name: { zh: '社区邻里节' }, number: 20230520, firstDay: '2023-05-20', lastDay: '2023-05-28', timeZone: 'Asia/Shanghai',
}
