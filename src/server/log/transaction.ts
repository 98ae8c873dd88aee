import type { DeviceId, StreamName, TicketId } from '../../domain/operation'
import { canonicalJson } from '../../protocol/canonical'
import type { PublicKey } from '../../protocol/signature'
import type { Snapshot } from '../../protocol/snapshot'
import type { Row, Value } from './engine'
import { neededForRelay } from './hubSql'
import type {
  BatchRecord, DeviceRecord, InviteRecord, MetaName, NewDevice, NewOperation, NewPage, NewQuarantined, StoredContent, TicketRecord,
  Transaction, Written,
} from './log'
import { SqlReads, places } from './reads'
import type { DeviceRow, InviteRow } from './rows'
import { deviceColumns, inviteColumns, readDevice, readInvite } from './rows'

/** Rows in one INSERT: most of the gain of fewer statements, and far below any engine's limit on values. */
const rowsPerInsert = 64

/** Rows are held in one order by everybody, so that no two transactions wait for each other. */
function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1
}

/**
 * Everything that is written, in SQL that every engine understands: no `ON CONFLICT`, which GaussDB hasn't in all of its modes. A row's first
 * appearance in two transactions at once is a violated key, and the engine runs the later one again.
 */
export class SqlTransaction extends SqlReads implements Transaction {
  async setMeta(name: MetaName, value: string): Promise<void> {
    const [there] = await this.connection.all('UPDATE meta SET value = ? WHERE name = ? RETURNING name', [value, name])
    if (!there) await this.addMeta(name, value)
  }

  async addMeta(name: MetaName, value: string): Promise<void> {
    await this.connection.run('INSERT INTO meta (name, value) VALUES (?, ?)', [name, value])
  }

  async lockDevices(ids: readonly DeviceId[]): Promise<Map<DeviceId, DeviceRecord>> {
    const found = new Map<DeviceId, DeviceRecord>()
    // An UPDATE that changes nothing holds the row on every engine; in one order, so that no two transactions wait for each other.
    for (const id of [...new Set(ids)].sort()) {
      const [row] = await this.connection.all<DeviceRow>(
        `UPDATE devices SET accepted = accepted WHERE device = ? RETURNING ${deviceColumns}`, [id],
      )
      if (row) found.set(id, readDevice(row))
    }
    return found
  }

  async hashes(device: DeviceId, from: number, to: number): Promise<Map<number, Uint8Array | null>> {
    return new Map(await this.connection.all<[number, Uint8Array | null]>(
      'SELECT n, hash FROM written WHERE device = ? AND n >= ? AND n <= ?', [device, from, to],
    ))
  }

  async content(device: DeviceId, n: number): Promise<StoredContent | undefined> {
    const [row] = await this.connection.all<[string, number, string, string | null]>(
      'SELECT o.stream, o.at, o.kind, o.body FROM written w JOIN operations o ON o.stream = w.stream AND o.seq = w.seq WHERE w.device = ? AND w.n = ?', [device, n],
    )
    if (row) return { stream: row[0], at: row[1], kind: row[2], body: row[3] }
    const [aside] = await this.connection.all<[string | null]>('SELECT operation FROM quarantine WHERE device = ? AND n = ?', [device, n])
    return aside && { aside: aside[0] }
  }

  async advance(stream: StreamName, count: number): Promise<number> {
    const [row] = await this.connection.all<[number]>('UPDATE streams SET head = head + ? WHERE stream = ? RETURNING head', [count, stream])
    if (row) return row[0]
    await this.connection.run('INSERT INTO streams (stream, head) VALUES (?, ?)', [stream, count])
    return count
  }

  storeOperations(operations: readonly NewOperation[]): Promise<void> {
    return this.insert('operations (stream, seq, device, n, at, kind, body, ticket, extra)', operations.map(
      ({ stream, seq, device, n, at, kind, body, ticket, extra }) => [stream, seq, device, n, at, kind, body, ticket, extra],
    ))
  }

  storeWritten(written: readonly Written[]): Promise<void> {
    return this.insert('written (device, n, hash, stream, seq)', written.map(
      ({ device, n, hash, stream, seq }) => [device, n, hash, stream, seq],
    ))
  }

  storeQuarantined(quarantined: readonly NewQuarantined[]): Promise<void> {
    return this.insert('quarantine (device, n, code, detail, operation, received)', quarantined.map(
      ({ device, n, code, detail, operation, received }) => [device, n, code, detail, operation, received],
    ))
  }

  storeBatches(batches: readonly BatchRecord[]): Promise<void> {
    return this.insert('batches (device, first, count, signature)', batches.map(
      ({ device, from, count, signature }) => [device, from, count, signature],
    ))
  }

  async setAccepted(device: DeviceId, n: number): Promise<void> {
    await this.connection.run(
      'UPDATE devices SET accepted = ?, known = CASE WHEN known < ? THEN ? ELSE known END WHERE device = ?', [n, n, n, device],
    )
  }

  async forgotten(stream: StreamName, tickets: readonly TicketId[]): Promise<Set<TicketId>> {
    const rows = await this.allOf<[string]>(tickets, (list) =>
      `SELECT DISTINCT o.ticket FROM operations o JOIN devices d ON d.device = o.device
       WHERE o.ticket IN (${list}) AND o.stream = ? AND o.kind = 'attendee.forget'
       AND (d.revoked_after IS NULL OR o.n <= d.revoked_after)`, [stream])
    return new Set(rows.map(([ticket]) => ticket))
  }

  async erase(stream: StreamName, ticket: TicketId, how: 'all' | 'relayed'): Promise<void> {
    const due = (table: string) => how === 'all' ? '' : ` AND NOT ${neededForRelay(table)}`
    const blanked = await this.connection.all(
      `UPDATE operations SET body = NULL, extra = NULL
       WHERE stream = ? AND ticket = ? AND kind = 'attendee' AND body IS NOT NULL${due('operations')} RETURNING seq`,
      [stream, ticket],
    )
    if (blanked.length > 0) {
      await this.connection.run('DELETE FROM snapshots WHERE stream = ?', [stream])
      await this.connection.run('DELETE FROM snapshot_pages WHERE stream = ?', [stream])
    }
    await this.connection.run(
      // Lower case, because LIKE minds it on PostgreSQL and not on SQLite.
      `UPDATE quarantine SET operation = NULL
       WHERE operation LIKE '%"kind":"attendee"%' AND LOWER(operation) LIKE LOWER(?) ESCAPE '!'${due('quarantine')}`,
      [`%"ticket":${JSON.stringify(ticket).replace(/[!%_]/g, '!$&')}%`],
    )
  }

  async storeSnapshot(stream: StreamName, snapshot: Snapshot, pages: readonly NewPage[]): Promise<Snapshot | undefined> {
    // Held, so that whoever erases comes before or after: nothing that was blanked meanwhile may come back.
    await this.advance(stream, 0)
    const [forgotten] = await this.connection.all(
      `SELECT seq FROM operations WHERE stream = ? AND seq > ? AND kind = 'attendee.forget' LIMIT 1`, [stream, snapshot.seq],
    )
    if (forgotten) return undefined
    const before = await this.snapshot(stream)
    if (before && before.seq >= snapshot.seq) return before
    await this.connection.run('DELETE FROM snapshots WHERE stream = ? AND seq < ?', [stream, before?.seq ?? 0])
    await this.insert('snapshots (stream, seq, manifest)', [[stream, snapshot.seq, JSON.stringify(snapshot)]])
    const stored = await this.connection.all<[string]>('SELECT id FROM snapshot_pages WHERE stream = ?', [stream])
    const there = new Set(stored.map(([id]) => id))
    await this.insert('snapshot_pages (stream, id, bytes)', pages.filter(({ id }) => !there.has(id)).map(({ id, bytes }) => [stream, id, bytes]))
    const needed = new Set([...before?.pages ?? [], ...snapshot.pages].map(({ id }) => id))
    for (const id of there) {
      if (!needed.has(id)) await this.connection.run('DELETE FROM snapshot_pages WHERE stream = ? AND id = ?', [stream, id])
    }
    return snapshot
  }

  async addDevice({ device, key, name, role, venue, label, invite, tokenHash, joined }: NewDevice): Promise<void> {
    await this.connection.run(
      'INSERT INTO devices (device, public_key, name, role, venue, label, invite, token, joined) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
      [device, canonicalJson(key), name, role, venue, label, invite, tokenHash, joined],
    )
  }

  async deviceOfInvite(codeHash: string, key: PublicKey): Promise<DeviceRecord | undefined> {
    const [row] = await this.connection.all<DeviceRow>(
      `SELECT ${deviceColumns} FROM devices WHERE invite = ? AND public_key = ?`, [codeHash, canonicalJson(key)],
    )
    return row && readDevice(row)
  }

  async freeze(device: DeviceId): Promise<void> {
    await this.connection.run('UPDATE devices SET frozen = 1 WHERE device = ?', [device])
  }

  async noteKnown(device: DeviceId, n: number): Promise<void> {
    await this.connection.run('UPDATE devices SET known = ? WHERE device = ? AND known < ?', [n, device, n])
  }

  async setCuts(cuts: ReadonlyMap<DeviceId, number>): Promise<void> {
    await this.connection.run('UPDATE devices SET revoked_after = NULL WHERE revoked_after IS NOT NULL')
    for (const [device, after] of [...cuts].sort(byName)) {
      await this.connection.run('UPDATE devices SET revoked_after = ? WHERE device = ?', [after, device])
    }
  }

  async noteHeard(device: DeviceId, at: number, clockOffset: number | undefined): Promise<void> {
    await this.connection.run(
      'UPDATE devices SET heard = ?, clock_offset = COALESCE(?, clock_offset) WHERE device = ?', [at, clockOffset ?? null, device],
    )
  }

  async addInvite({ codeHash, role, venue, label, uses, used, expires }: InviteRecord): Promise<void> {
    await this.insert('invites (code, role, venue, label, uses, used, expires)', [[codeHash, role, venue, label, uses, used, expires]])
  }

  async lockInvite(codeHash: string): Promise<InviteRecord | undefined> {
    const [row] = await this.connection.all<InviteRow>(`UPDATE invites SET used = used WHERE code = ? RETURNING ${inviteColumns}`, [codeHash])
    return row && readInvite(row)
  }

  async useInvite(codeHash: string, now: number): Promise<boolean> {
    const rows = await this.connection.all(
      'UPDATE invites SET used = used + 1 WHERE code = ? AND used < uses AND expires > ? RETURNING used', [codeHash, now],
    )
    return rows.length === 1
  }

  async addTickets(tickets: readonly Omit<TicketRecord, 'number'>[]): Promise<TicketRecord[]> {
    // Held like a device's row, so that two don't hand out the same numbers.
    const [row] = await this.connection.all<[string]>(`UPDATE meta SET value = value WHERE name = 'lastTicket' RETURNING value`)
    const last = Number(row?.[0] ?? 0)
    const numbered = tickets.map((ticket, index) => ({ ...ticket, number: last + index + 1 }))
    if (row) await this.setMeta('lastTicket', String(last + tickets.length))
    else await this.addMeta('lastTicket', String(tickets.length))
    await this.insert('tickets (number, id, key_id, kind, party, first_day, last_day, text)', numbered.map(
      ({ number, id, key, kind, party, from, until, text }) => [number, id, key, kind, party, from, until, text],
    ))
    return numbered
  }

  private async insert(into: string, rows: readonly Row[]): Promise<void> {
    const tuple = `(${places(rows[0] ?? [])})`
    // The same string for as many rows: an engine finds its prepared statement by it.
    const statement = (count: number) => `INSERT INTO ${into} VALUES ${Array(count).fill(tuple).join(', ')}`
    const whole = statement(rowsPerInsert)
    for (let start = 0; start < rows.length; start += rowsPerInsert) {
      const some = rows.slice(start, start + rowsPerInsert)
      const values: Value[] = []
      for (const row of some) values.push(...row)
      await this.connection.run(some.length === rowsPerInsert ? whole : statement(some.length), values)
    }
  }
}
