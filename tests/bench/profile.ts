import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { join } from 'node:path'

/**
 * Does the work; with `LINLI_BENCH_PROFILE=folder` writes down there where its time went, for Chromium's developer tools.
 */
export async function profiled<T>(name: string, work: () => Promise<T>): Promise<T> {
  const folder = process.env.LINLI_BENCH_PROFILE
  if (!folder) return work()
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.start')
  const result = await work()
  const { profile } = await session.post('Profiler.stop')
  writeFileSync(join(folder, `${name}-${process.pid}.cpuprofile`), JSON.stringify(profile))
  return result
}
