import type { Batch } from '../protocol/batch'
import { readHandOver } from '../protocol/handover'
import type { ReceiveOutcome } from './api'
import { operationsIn, type Courier } from './courier'
import type { Memory } from './memory'
import { StorageError } from './store'

/** Takes along what another phone hands over. It is durable when this resolves; whether it is genuine only a server can tell. */
export async function receive(memory: Memory, courier: Courier, text: string): Promise<ReceiveOutcome> {
  const { identity, state } = memory
  if (!identity) return { ok: false, code: 'not-joined' }
  if (identity.revoked) return { ok: false, code: 'device-revoked' }
  const reading = readHandOver(text)
  if (!reading.ok) return reading
  const { festival, batches } = reading.handOver
  if (festival !== identity.festival.id) return { ok: false, code: 'other-festival' }
  const others = batches.filter((batch) => !isOwn(memory, batch))
  const before = operationsIn(courier.carried.map(({ batch }) => batch))
  const fresh = [...operationsIn(others)].filter((id) => !before.has(id) && !state.seen.has(id))
  try {
    if (others.length > 0) await courier.take(festival, others)
  } catch (error) {
    if (error instanceof StorageError) return { ok: false, code: error.fault }
    throw error
  }
  return { ok: true, operations: operationsIn(batches).size, fresh: fresh.length }
}

/** Written here, and still here: it goes out by itself. */
function isOwn(memory: Memory, { device, from, ops }: Batch): boolean {
  return memory.ownOf(device).length >= from + ops.length - 1
}
