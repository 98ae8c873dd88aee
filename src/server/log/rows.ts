import type { Role } from '../../domain/role'
import type { PublicKey } from '../../protocol/signature'
import type { DeviceRecord, InviteRecord, StoredOperation, TicketRecord } from './log'

/** Columns, and how a row of them is read; each pair stands together so that they can't get out of step. */

export const operationColumns = 'seq, device, n, at, kind, body'
export type OperationRow = [number, string, number, number, string, string | null]
export function readOperation([seq, device, n, at, kind, body]: OperationRow): StoredOperation {
  return { seq, device, n, at, kind, body }
}

export const deviceColumns =
  'device, public_key, name, role, venue, label, joined, heard, clock_offset, accepted, root, known, frozen, revoked_after'
export type DeviceRow = [
  string, string, string, string, string | null, string, number, number | null, number | null, number, number, number, number, number | null,
]
export function readDevice(row: DeviceRow): DeviceRecord {
  const [device, key, name, role, venue, label, joined, heard, clockOffset, accepted, root, known, frozen, revokedAfter] = row
  return {
    device, key: JSON.parse(key) as PublicKey, name, role: role as Role, venue, label, joined, heard, clockOffset,
    accepted, root, known, frozen: frozen === 1, revokedAfter,
  }
}

export const inviteColumns = 'code, role, venue, label, uses, used, expires'
export type InviteRow = [string, string, string | null, string, number, number, number]
export function readInvite([codeHash, role, venue, label, uses, used, expires]: InviteRow): InviteRecord {
  return { codeHash, role: role as Role, venue, label, uses, used, expires }
}

export const ticketColumns = 'number, id, key_id, kind, party, first_day, last_day, text'
export type TicketRow = [number, string, number, number, number, number, number, string]
export function readTicket([number, id, key, kind, party, from, until, text]: TicketRow): TicketRecord {
  return { number, id, key, kind, party, from, until, text }
}
