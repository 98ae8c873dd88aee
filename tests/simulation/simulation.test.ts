import { expect, test, vi } from 'vitest'
import { report, tell } from './history'

vi.mock('node:crypto', async (original) => ({ ...await original<object>(), randomBytes: (await import('./dice')).randomBytes }))

const asked = process.env.LINLI_SEED
const box = Number(process.env.LINLI_BOX ?? 35_000)

test.runIf(true)('nothing is lost, doubled or told wrongly, whatever happens', async () => {
  const began = performance.now()
  let seed = Number(asked ?? process.env.LINLI_FROM ?? 1)
  let steps = 0, operations = 0, count = 0
  while (performance.now() - began < box) {
    if (process.env.LINLI_TRACE) console.log('seed', seed)
    const told = await tell(seed)
    if (asked) console.log(told.log.join('\n'))
    expect(told.violation, report(told)).toBeUndefined()
    steps += told.steps; operations += told.operations; count++
    if (asked) break
    seed++
  }
  console.log(`cpu ${(process.cpuUsage().user + process.cpuUsage().system) / 1e3 / count} ms/seed`)
  console.log(`${count} seeds, ${steps} steps, ${operations} operations in ${((performance.now() - began) / 1000).toFixed(1)} s`)
}, 120_000)
