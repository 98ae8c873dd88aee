import { isForgotten } from '../domain/attendees'
import type { Operation } from '../domain/operation'
import type { Memory } from './memory'
import type { Outbox } from './outbox'
import type { Replica } from './replica'

interface Keepers {
  memory: Memory
  outbox: Outbox
  replica: Replica
}

const isAttendee = ({ kind }: Operation) => kind === 'attendee'

/**
 * Blanks what `attendee.forget` covers, wherever it stands on this phone. The state itself tells what is left to do: a forgotten ticket that it
 * still has writings about. So a crash half-way is made good the next time.
 */
export async function eraseForgotten({ memory, outbox, replica }: Keepers): Promise<void> {
  const { state } = memory
  const left = new Set([...state.forgotten.keys()].filter((ticket) => state.attendees.has(ticket) && isForgotten(state, ticket)))
  if (left.size === 0) return
  const covers = (operation: Operation) => isAttendee(operation) && left.has((operation.body as { ticket: string }).ticket)
  const streams = new Set([...left].flatMap((ticket) => (state.attendees.get(ticket) ?? []).map(({ source }) => source.stream)))
  for (const stream of streams) await replica.erase(stream, covers)
  for (const { device } of memory.selves()) await outbox.erase(device, memory.standingOf(device)?.accepted ?? 0, covers)
  for (const ticket of left) state.attendees.delete(ticket)
}

/**
 * This phone was taken out: everything about people goes, and with it all that came from others but the programme. What it wrote itself and the
 * server has not got stays whole, for an export.
 */
export async function wipe({ memory, outbox, replica }: Keepers): Promise<void> {
  const { identity } = memory
  await replica.keepOnly(['programme'])
  for (const { device } of memory.selves()) {
    await outbox.erase(device, memory.standingOf(device)?.accepted ?? 0, isAttendee)
  }
  if (identity) await outbox.mark(identity.device, { revoked: true })
  await memory.refresh()
}
