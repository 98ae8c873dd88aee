import { expect } from 'vitest'
import { report, tell } from './history'

/** Seconds that a run of the tests has for it; `LINLI_SECONDS` gives more. Two files of seeds run at a time, one a core. */
const seconds = Number(process.env.LINLI_SECONDS ?? 35)
/** The same histories on a fast machine and on a slow one that has the time: new ones are looked for on purpose. */
const most = process.env.LINLI_SECONDS === undefined ? 600 : Infinity
/** `LINLI_SEED` tells one history again, with everything that happened in it. */
const asked = process.env.LINLI_SEED === undefined ? undefined : Number(process.env.LINLI_SEED)
/** Where to begin, to go on from an earlier run. */
const start = Number(process.env.LINLI_FROM ?? 0)

/** Milliseconds until the runner may think that it hangs. */
export const timeLimit = seconds * 1_000 + 60_000

/** Tells one history after the other until the time is up: every second seed from the first. */
export async function tellMany(first: 1 | 2): Promise<void> {
  if (asked !== undefined) {
    if (asked % 2 === first % 2) await tellOne(asked, Infinity)
    return
  }
  const began = performance.now()
  const sum = { histories: 0, steps: 0, operations: 0 }
  for (let seed = start + first; sum.histories < most && performance.now() - began < seconds * 1_000; seed += 2) {
    const { steps, operations } = await tellOne(seed, 80)
    sum.histories++
    sum.steps += steps
    sum.operations += operations
  }
  const rate = sum.histories / ((performance.now() - began) / 1_000)
  console.log(`${sum.histories} histories of ${sum.steps} steps and ${sum.operations} operations, ${rate.toFixed(1)} a second`)
}

async function tellOne(seed: number, lines: number) {
  const told = await tell(seed)
  if (lines === Infinity) console.log(told.log.join('\n'))
  if (told.violation) expect.unreachable(report(told, lines))
  return told
}
