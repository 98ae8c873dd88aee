import type { Ports } from './ports'
import type { Replica } from './replica'
import { StorageError } from './store'

/**
 * Makes room for what can't be had again by letting go of what can and no verdict needs: the code of the former build (for tabs that
 * still run it) and the copy of the programme for residents. Together they are as large as thousands of check-ins.
 *
 * What others wrote is never let go of: without a network a reload would leave this phone with no programme and no
 * roster, and it could admit nobody (docs/decisions/011).
 * @returns whether anything was let go of
 */
export async function makeRoom(ports: Ports, replica: Replica): Promise<boolean> {
  const former = await ports.dropFormerBuild?.() ?? false
  try {
    return await replica.dropPublished() || former
  } catch (error) {
    if (error instanceof StorageError) return former
    throw error
  }
}
