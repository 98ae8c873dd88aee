import { foldName, matchName, type Rank, type Readings } from './nameMatch'
import type { TicketId } from './operation'

/** What is looked for, in every way that what was typed may be meant. */
export interface Wanted {
  /** Folded; empty for none. */
  name: string
  /** The last digits of a phone number. */
  tail?: string
  /** The beginning of a ticket's id. */
  code?: string
}

/** What somebody can be found by. */
export interface Findable {
  ticket: TicketId
  alias?: string
  phoneTail?: string
}

/** A roster keeps four digits at most; one alone would be found by everybody. */
const tailDigits = /^\d{2,4}$/
/** Fewer characters are more likely somebody's initials. */
const leastOfCode = 4

/** @param code what was typed, read as characters of a ticket's id; undefined when it can't be */
export function wantedBy(typed: string, code: string | undefined): Wanted {
  const name = foldName(typed)
  return {
    name,
    tail: tailDigits.test(name) ? name : undefined,
    code: code !== undefined && code.length >= leastOfCode ? code : undefined,
  }
}

/** How well somebody is what is looked for; undefined for not at all. A code or a phone's last digits are as good as the whole name. */
export function rankOf({ ticket, alias, phoneTail }: Findable, wanted: Wanted, readings: Readings): Rank | undefined {
  return rankFolded(ticket, foldName(alias ?? ''), phoneTail ?? '', wanted, readings)
}

function rankFolded(ticket: string, name: string, phoneTail: string, { name: typed, tail, code }: Wanted, readings: Readings): Rank | undefined {
  if (code !== undefined && ticket.startsWith(code)) return 0
  if (tail !== undefined && phoneTail.endsWith(tail)) return 0
  return typed === '' || name === '' ? undefined : matchName(name, typed, readings)
}

/**
 * Everything by which people on a roster may be found, ever written of them: whoever looks for somebody asks the state whether it still holds.
 * In columns, one text each: 100,000 people take some 3 MB, where as many objects would take ten times that.
 */
export class AttendeeColumns {
  readonly #tickets = new TextColumn()
  readonly #names = new TextColumn()
  readonly #tails = new TextColumn()

  add(people: readonly Findable[]): void {
    this.#tickets.add(people.map(({ ticket }) => ticket))
    this.#names.add(people.map(({ alias }) => foldName(alias ?? '')))
    this.#tails.add(people.map(({ phoneTail }) => phoneTail ?? ''))
  }

  /** Calls with everybody who may be meant. */
  search(wanted: Wanted, readings: Readings, found: (ticket: TicketId, rank: Rank) => void): void {
    for (let row = 0; row < this.#tickets.length; row++) {
      const ticket = this.#tickets.at(row)
      const rank = rankFolded(ticket, this.#names.at(row), this.#tails.at(row), wanted, readings)
      if (rank !== undefined) found(ticket, rank)
    }
  }
}

class TextColumn {
  #text = ''
  readonly #ends: number[] = []

  get length(): number {
    return this.#ends.length
  }

  add(values: readonly string[]): void {
    let end = this.#text.length
    for (const value of values) this.#ends.push(end += value.length)
    this.#text += values.join('')
  }

  at(row: number): string {
    return this.#text.slice(this.#ends[row - 1] ?? 0, this.#ends[row])
  }
}
