import { isForgotten } from '../domain/attendees'
import type { Operation, StreamName, TicketId } from '../domain/operation'
import { blank, readPage, writePage } from './page'
import type { Ports } from './ports'
import type { Memory } from './memory'
import type { Outbox } from './outbox'
import type { Replica } from './replica'

interface Keepers {
  ports: Ports
  memory: Memory
  outbox: Outbox
  replica: Replica
}

const isAttendee = ({ kind }: Pick<Operation, 'kind'>) => kind === 'attendee'

/**
 * Blanks what `attendee.forget` covers, wherever it stands on this phone; of its own only what the topmost server has, because a hub may still have
 * to pass on what it was given as it was signed, or die with it. The state itself tells what is left to do: a forgotten ticket that it
 * still has writings about. So a crash half-way is made good the next time.
 */
export async function eraseForgotten(keepers: Keepers): Promise<void> {
  const { memory, outbox, replica } = keepers
  const { state } = memory
  const forgotten = [...state.forgotten.keys()].filter((ticket) => isForgotten(state, ticket))
  for (const [stream, { cleaned }] of memory.picture.shelved) {
    const unclean = forgotten.filter((ticket) => !cleaned.has(ticket))
    if (unclean.length === 0) continue
    await eraseShelved(keepers, stream, unclean)
    for (const ticket of unclean) cleaned.add(ticket)
  }
  const left = new Set(forgotten.filter((ticket) => state.attendees.has(ticket)))
  if (left.size === 0) return
  const covers = (operation: Operation) => isAttendee(operation) && left.has((operation.body as { ticket: string }).ticket)
  const streams = new Set([...left].flatMap((ticket) => (state.attendees.get(ticket) ?? []).map(({ source }) => source.stream)))
  for (const stream of streams) await replica.erase(stream, covers)
  for (const { device } of memory.selves()) await outbox.erase(device, memory.standingOf(device)?.root ?? 0, covers)
  for (const ticket of left) state.attendees.delete(ticket)
}

/** The same in the pages of a snapshot. That it was done is kept beside them, so that opening need not read them again. */
async function eraseShelved({ ports, replica: { shelf } }: Keepers, stream: StreamName, tickets: readonly TicketId[]): Promise<void> {
  for (const ticket of tickets) {
    for (;;) {
      const page = await shelf.pageOf(stream, ticket)
      const rows = page ? await readPage(ports, page.bytes) : []
      const isAbout = (body: unknown) => (body as { ticket?: unknown } | null)?.ticket === ticket
      if (!page || !rows.some(([, , , , body]) => isAbout(body))) break
      // Another tab may be about another ticket of the same page.
      if (await shelf.replace(page, writePage(rows.map((row) => (isAbout(row[4]) ? blank(row) : row))))) break
    }
  }
  await shelf.noteCleaned(stream, tickets)
}

/**
 * This phone was taken out: everything about people goes, and with it all that came from others but the programme. What it wrote itself and the
 * server has not got stays whole, for an export.
 */
export async function wipe({ memory, outbox, replica }: Pick<Keepers, 'memory' | 'outbox' | 'replica'>): Promise<void> {
  const { identity } = memory
  await replica.keepOnly(['programme'])
  for (const { device } of memory.selves()) {
    await outbox.erase(device, memory.standingOf(device)?.root ?? 0, isAttendee)
  }
  if (identity) await outbox.mark(identity.device, { revoked: true })
  await memory.refresh()
}
