import type { TicketId } from '../../domain/operation'
import { ticketKinds } from '../../domain/ticket'
import { showTicketId } from '../../protocol/crockford'
import type { TicketRecord } from '../log/log'

/** A ticket as it is printed. */
export interface PrintedTicket {
  number: number
  id: TicketId
  /** The id as people see it: `K7M2-9QX4`. */
  code: string
  /** Name of its kind, as in domain/ticket.ts. */
  kind: string
  party: number
  /** First and last valid day, counted from the festival's first. */
  from: number
  until: number
  /** The text of its QR. */
  text: string
  alias?: string
}

export function printedTicket({ number, id, kind, party, from, until, text }: TicketRecord, alias: string | undefined): PrintedTicket {
  return { number, id, code: showTicketId(id), kind: ticketKinds[kind] ?? String(kind), party, from, until, text, alias }
}

/** A table that spreadsheets open as it is: UTF-8 with BOM, RFC 4180. */
export function ticketSheet(tickets: readonly PrintedTicket[]): string {
  const lines = [['number', 'code', 'alias', 'qr'], ...tickets.map(({ number, code, alias, text }) => [String(number), code, alias ?? '', text])]
  return `\uFEFF${lines.map((cells) => cells.map(cell).join(',')).join('\r\n')}\r\n`
}

/** Quoted where it must be, and no text that a spreadsheet would take for a formula. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
