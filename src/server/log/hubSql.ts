import type { DeviceId, StreamName, TicketId } from '../../domain/operation'
import { canonicalJson } from '../../protocol/canonical'
import type { Connection, Row } from './engine'
import type { HubTransaction, Pulled, Signed, SignedOperation } from './hub'
import type { BatchRecord, DeviceRecord, NewDevice } from './log'
import type { DeviceRow } from './rows'
import { deviceColumns, readDevice } from './rows'

/** What a batch that is not upstream yet still needs as it was signed. `o` is an operation, `d` has its device's root. */
export const neededForRelay = (o: string) =>
  `EXISTS (SELECT 1 FROM batches b JOIN devices d ON d.device = b.device
     WHERE b.device = ${o}.device AND b.first <= ${o}.n AND b.first + b.count > ${o}.n AND b.first + b.count - 1 > d.root)`

/** `HubReads` and `HubTransaction` in SQL that every engine understands. */
export class HubSql implements HubTransaction {
  private readonly connection: Connection

  constructor(connection: Connection) {
    this.connection = connection
  }

  async joinedSince(moment: number): Promise<(DeviceRecord & Pick<NewDevice, 'tokenHash'>)[]> {
    const rows = await this.connection.all<[...DeviceRow, string | null]>(`SELECT ${deviceColumns}, token FROM devices WHERE joined >= ?`, [moment])
    return rows.map((row) => {
      const [tokenHash, ...device] = [row.at(-1) as string | null, ...row.slice(0, -1)]
      return { ...readDevice(device as unknown as DeviceRow), tokenHash }
    })
  }

  async pulled(): Promise<Map<StreamName, Pulled>> {
    const rows = await this.connection.all<[string, number, number]>('SELECT stream, head, known FROM pulled')
    return new Map(rows.map(([stream, cursor, known]) => [stream, { cursor, known }]))
  }

  async held(stream: StreamName): Promise<Map<DeviceId, number>> {
    return new Map(await this.connection.all<[string, number]>('SELECT device, MAX(n) FROM operations WHERE stream = ? GROUP BY device', [stream]))
  }

  async unrelayed(limit: number, except: readonly DeviceId[]): Promise<{ device: DeviceId; root: number; accepted: number }[]> {
    const rows = await this.connection.all<[string, number, number]>(
      'SELECT device, root, accepted FROM devices WHERE accepted > root ORDER BY device LIMIT ?', [limit + except.length],
    )
    return rows.filter(([device]) => !except.includes(device)).slice(0, limit).map(([device, root, accepted]) => ({ device, root, accepted }))
  }

  async batchesAbove(device: DeviceId, n: number): Promise<BatchRecord[]> {
    const rows = await this.connection.all<[number, number, string]>(
      'SELECT first, count, signature FROM batches WHERE device = ? AND first + count - 1 > ? ORDER BY first, count', [device, n],
    )
    return rows.map(([from, count, signature]) => ({ device, from, count, signature }))
  }

  async signedOperations(device: DeviceId, from: number, count: number): Promise<SignedOperation[]> {
    const rows = await this.connection.all<[number, Uint8Array | null, ...(string | null)[]]>(
      `SELECT w.n, w.hash, w.stream, o.at, o.kind, o.body, o.extra, q.operation FROM written w
       LEFT JOIN operations o ON o.stream = w.stream AND o.seq = w.seq LEFT JOIN quarantine q ON q.device = w.device AND q.n = w.n
       WHERE w.device = ? AND w.n >= ? AND w.n < ? ORDER BY w.n`, [device, from, from + count],
    )
    return rows.map(([n, hash, stream, at, kind, body, extra, aside]) => ({
      n, hash, stream: stream ?? null, at: at as unknown as number | null, kind: kind ?? null, body: body ?? null, extra: extra ?? null, aside: aside ?? null,
    }))
  }

  async setPulled(stream: StreamName, { cursor, known }: Pulled): Promise<void> {
    const [there] = await this.run('UPDATE pulled SET head = ?, known = ? WHERE stream = ? RETURNING stream', [cursor, known, stream])
    if (!there) await this.connection.run('INSERT INTO pulled (stream, head, known) VALUES (?, ?, ?)', [stream, cursor, known])
  }

  async forgetUpstream(): Promise<void> {
    await this.connection.run('DELETE FROM pulled')
    await this.connection.run('UPDATE devices SET root = 0 WHERE root > 0')
  }

  async raiseRoot(device: DeviceId, n: number): Promise<void> {
    await this.connection.run('UPDATE devices SET root = ? WHERE device = ? AND root < ?', [n, device, n])
  }

  async lowerRoot(device: DeviceId, n: number): Promise<void> {
    await this.connection.run('UPDATE devices SET root = ? WHERE device = ? AND root > ?', [n, device, n])
  }

  async peopleOf(device: DeviceId, before: number, now: number): Promise<Map<StreamName, Set<TicketId>>> {
    const people = new Map<StreamName, Set<TicketId>>()
    const rows = await this.run<[string, string]>(
      `SELECT DISTINCT o.stream, o.ticket FROM batches b
       JOIN written w ON w.device = b.device AND w.n >= b.first AND w.n < b.first + b.count JOIN operations o ON o.stream = w.stream AND o.seq = w.seq
       WHERE b.device = ? AND b.first + b.count - 1 > ? AND b.first + b.count - 1 <= ? AND o.ticket IS NOT NULL AND o.kind = 'attendee' AND o.body IS NOT NULL`,
      [device, before, now],
    )
    for (const [stream, ticket] of rows) people.set(stream, (people.get(stream) ?? new Set()).add(ticket))
    return people
  }

  async sign(device: DeviceId, n: number, { hash, text, body, ticket, extra }: Signed): Promise<void> {
    const [place] = await this.run<[string | null, number | null]>('UPDATE written SET hash = ? WHERE device = ? AND n = ? RETURNING stream, seq', [hash, device, n])
    if (place?.[0] == null) await this.connection.run('UPDATE quarantine SET operation = ? WHERE device = ? AND n = ?', [text, device, n])
    else await this.connection.run('UPDATE operations SET body = ?, ticket = ?, extra = ? WHERE stream = ? AND seq = ?', [body, ticket, extra, ...place])
  }

  async release(device: DeviceId, n: number): Promise<void> {
    await this.connection.run('DELETE FROM batches WHERE device = ? AND first + count - 1 > ?', [device, n])
    await this.connection.run('UPDATE written SET hash = NULL WHERE device = ? AND n > ? AND stream IS NOT NULL', [device, n])
    await this.connection.run('UPDATE devices SET accepted = ? WHERE device = ? AND accepted > ?', [n, device, n])
  }

  async meetDevice({ device, key, name, role, venue, label, tokenHash, joined, frozen }: NewDevice & { frozen: boolean }): Promise<void> {
    const [there] = await this.run('UPDATE devices SET token = COALESCE(token, ?), frozen = CASE WHEN ? > frozen THEN 1 ELSE frozen END WHERE device = ? RETURNING device',
      [tokenHash, Number(frozen), device])
    if (there) return
    await this.connection.run(
      'INSERT INTO devices (device, public_key, name, role, venue, label, token, joined, frozen) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
      [device, canonicalJson(key), name, role, venue, label, tokenHash, joined, Number(frozen)],
    )
  }

  /** A statement that answers with rows. */
  private run<R extends Row>(sql: string, values: Row): Promise<R[]> {
    return this.connection.all<R>(sql, values)
  }
}
