import { attendeeOf, type Attendee } from '../domain/attendees'
import { AttendeeColumns, rankOf, wantedBy, type Findable, type Wanted } from '../domain/attendeeSearch'
import type { Rank, Readings } from '../domain/nameMatch'
import type { StreamName, TicketId } from '../domain/operation'
import { readCrockford } from '../protocol/crockford'
import type { Memory } from './memory'
import { readPage, type Row } from './page'
import type { Shelved } from './picture'
import type { Ports } from './ports'
import type { Replica } from './replica'

/** Read and unpacked together while others are being added. */
const pagesAtOnce = 8

/**
 * Finds people on the roster by name in characters, pinyin or initials, by a phone's last digits and by their code. Who is still in the pages of
 * a snapshot is found by columns that are made when somebody first searches; what is shown is what the state says.
 */
export class AttendeeSearch {
  readonly #ports: Ports
  readonly #memory: Memory
  readonly #replica: Replica
  readonly #columns = new WeakMap<Shelved, Promise<AttendeeColumns>>()
  #readings?: Promise<Readings>

  constructor(ports: Ports, memory: Memory, replica: Replica) {
    this.#ports = ports
    this.#memory = memory
    this.#replica = replica
  }

  /** @returns at most `limit`, the closest first */
  async find(typed: string, limit: number): Promise<Attendee[]> {
    const wanted = wantedBy(typed, readCrockford(typed))
    const readings = await this.#loadReadings()
    const candidates = await this.#candidates(wanted, readings)
    const found: { attendee: Attendee; rank: Rank }[] = []
    for (let start = 0; start < candidates.length && found.length < limit; start += limit) {
      const tickets = candidates.slice(start, start + limit)
      await this.#memory.learn(tickets)
      for (const ticket of tickets) {
        const attendee = attendeeOf(this.#memory.state, ticket)
        const rank = attendee && rankOf(attendee, wanted, readings)
        if (attendee && rank !== undefined) found.push({ attendee, rank })
      }
    }
    return found.sort((a, b) => a.rank - b.rank).slice(0, limit).map(({ attendee }) => attendee)
  }

  /** Whoever was ever written of in a way that fits, the closest first. */
  async #candidates(wanted: Wanted, readings: Readings): Promise<TicketId[]> {
    const ranks = new Map<TicketId, Rank>()
    const found = (ticket: TicketId, rank: Rank) => {
      const before = ranks.get(ticket)
      if (before === undefined || rank < before) ranks.set(ticket, rank)
    }
    for (const [stream, shelved] of this.#memory.picture.shelved) (await this.#columnsOf(stream, shelved)).search(wanted, readings, found)
    for (const [ticket, writes] of this.#memory.state.attendees) {
      for (const { fields } of writes) {
        const rank = rankOf({ ticket, ...fields }, wanted, readings)
        if (rank !== undefined) found(ticket, rank)
      }
    }
    return [...ranks].sort(([, a], [, b]) => a - b).map(([ticket]) => ticket)
  }

  #columnsOf(stream: StreamName, shelved: Shelved): Promise<AttendeeColumns> {
    let columns = this.#columns.get(shelved)
    if (!columns) {
      this.#columns.set(shelved, columns = this.#makeColumns(stream))
      // Storage that failed once is asked again.
      columns.catch(() => this.#columns.delete(shelved))
    }
    return columns
  }

  async #makeColumns(stream: StreamName): Promise<AttendeeColumns> {
    const { shelf } = this.#replica
    const columns = new AttendeeColumns()
    const ids = await shelf.idsByTicket(stream)
    for (let start = 0; start < ids.length; start += pagesAtOnce) {
      const pages = await shelf.bytes(stream, ids.slice(start, start + pagesAtOnce))
      for (const rows of await Promise.all(pages.map((bytes) => readPage(this.#ports, bytes)))) columns.add(rows.flatMap(personIn))
    }
    return columns
  }

  /** Without the dictionary characters, digits and codes are found all the same. */
  #loadReadings(): Promise<Readings> {
    this.#readings ??= (this.#ports.readings?.() ?? Promise.reject(new Error('no dictionary'))).catch(() => {
      this.#readings = undefined
      return () => []
    })
    return this.#readings
  }
}

function personIn([, , , , body]: Row): Findable[] {
  if (body === null || typeof body !== 'object') return []
  const { ticket, alias, phoneTail } = body as Record<string, unknown>
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined)
  return typeof ticket === 'string' ? [{ ticket, alias: text(alias), phoneTail: text(phoneTail) }] : []
}
