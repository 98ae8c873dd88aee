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
export function rankOf(somebody: Findable, wanted: Wanted, readings: Readings): Rank | undefined {
  const columns = new AttendeeColumns()
  columns.add([somebody])
  return columns.rankOf(0, wanted, readings)
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
      const rank = this.rankOf(row, wanted, readings)
      if (rank !== undefined) found(this.#tickets.at(row), rank)
    }
  }

  rankOf(row: number, { name, tail, code }: Wanted, readings: Readings): Rank | undefined {
    if (code !== undefined && this.#tickets.startsWith(row, code)) return 0
    if (tail !== undefined && this.#tails.endsWith(row, tail)) return 0
    const names = this.#names
    return name === '' ? undefined : matchName(names.text, names.start(row), names.end(row), name, readings)
  }
}

/** Short texts one after the other, compared where they stand: cutting 100,000 out for every letter typed would cost more than comparing them. */
class TextColumn {
  text = ''
  readonly #ends: number[] = []

  get length(): number {
    return this.#ends.length
  }

  add(values: readonly string[]): void {
    let end = this.text.length
    for (const value of values) this.#ends.push(end += value.length)
    this.text += values.join('')
  }

  start(row: number): number {
    return this.#ends[row - 1] ?? 0
  }

  end(row: number): number {
    return this.#ends[row] ?? 0
  }

  at(row: number): string {
    return this.text.slice(this.start(row), this.end(row))
  }

  startsWith(row: number, beginning: string): boolean {
    return this.start(row) + beginning.length <= this.end(row) && this.text.startsWith(beginning, this.start(row))
  }

  endsWith(row: number, ending: string): boolean {
    return this.start(row) + ending.length <= this.end(row) && this.text.endsWith(ending, this.end(row))
  }
}
