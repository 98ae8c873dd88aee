import type { DeviceId, StreamName } from '../../domain/operation'
import type { Snapshot } from '../../protocol/snapshot'
import type { Quarantined } from '../../protocol/sync'
import type { Connection, Row } from './engine'
import type { DeviceRecord, MetaName, Reads, StoredOperation, TicketRecord } from './log'
import { HubSql } from './hubSql'
import type { DeviceRow, OperationRow, TicketRow } from './rows'
import { deviceColumns, operationColumns, readDevice, readOperation, readTicket, ticketColumns } from './rows'

/** Names in one list: a longer list is asked for in parts, so that no request can reach an engine's limit on values. */
const namesAtOnce = 200

/** `?, ?, ?` */
export function places(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ')
}

/** The questions of `Reads`, in SQL that every engine understands. */
export class SqlReads implements Reads {
  readonly hub: HubSql
  protected readonly connection: Connection

  constructor(connection: Connection) {
    this.connection = connection
    this.hub = new HubSql(connection)
  }

  async meta(name: MetaName): Promise<string | undefined> {
    const [row] = await this.connection.all<[string]>('SELECT value FROM meta WHERE name = ?', [name])
    return row?.[0]
  }

  async heads(streams?: readonly StreamName[]): Promise<Map<StreamName, number>> {
    const all = 'SELECT stream, head FROM streams'
    return new Map(streams
      ? await this.allOf<[string, number]>(streams, (list) => `${all} WHERE stream IN (${list})`)
      : await this.connection.all<[string, number]>(all))
  }

  async operations(stream: StreamName, after: number, upTo: number, limit: number): Promise<StoredOperation[]> {
    const rows = await this.connection.all<OperationRow>(
      `SELECT ${operationColumns} FROM operations WHERE stream = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?`,
      [stream, after, upTo, limit],
    )
    return rows.map(readOperation)
  }

  async operationsOfKind(stream: StreamName, kind: string): Promise<StoredOperation[]> {
    const rows = await this.connection.all<OperationRow>(
      `SELECT ${operationColumns} FROM operations WHERE stream = ? AND kind = ? ORDER BY seq`, [stream, kind],
    )
    return rows.map(readOperation)
  }

  async devices(ids?: readonly DeviceId[]): Promise<DeviceRecord[]> {
    const all = `SELECT ${deviceColumns} FROM devices`
    const rows = ids
      ? await this.allOf<DeviceRow>(ids, (list) => `${all} WHERE device IN (${list})`)
      : await this.connection.all<DeviceRow>(`${all} WHERE token IS NOT NULL ORDER BY joined, device`)
    return rows.map(readDevice)
  }

  async deviceByToken(tokenHash: string): Promise<DeviceRecord | undefined> {
    const [row] = await this.connection.all<DeviceRow>(`SELECT ${deviceColumns} FROM devices WHERE token = ?`, [tokenHash])
    return row && readDevice(row)
  }

  async quarantined(devices: readonly DeviceId[]): Promise<Quarantined[]> {
    const rows = await this.allOf<[string, number, string, string]>(devices, (list) =>
      `SELECT device, n, code, detail FROM quarantine WHERE device IN (${list}) ORDER BY device, n`)
    return rows.map(([device, n, code, detail]) => ({ device, n, code, detail }))
  }

  async tickets(after: number, limit: number): Promise<TicketRecord[]> {
    const rows = await this.connection.all<TicketRow>(
      `SELECT ${ticketColumns} FROM tickets WHERE number > ? ORDER BY number LIMIT ?`, [after, limit],
    )
    return rows.map(readTicket)
  }

  async snapshot(stream: StreamName): Promise<Snapshot | undefined> {
    const [row] = await this.connection.all<[string]>('SELECT manifest FROM snapshots WHERE stream = ? ORDER BY seq DESC LIMIT 1', [stream])
    return row && JSON.parse(row[0]) as Snapshot
  }

  async snapshotPage(stream: StreamName, id: string): Promise<Uint8Array | undefined> {
    const [row] = await this.connection.all<[Uint8Array]>('SELECT bytes FROM snapshot_pages WHERE stream = ? AND id = ?', [stream, id])
    return row?.[0]
  }

  /** The rows of every name in a list, in parts. @param sql with the list's `?, ?, ?` in it @param more values after the list */
  protected async allOf<R extends Row>(names: readonly string[], sql: (list: string) => string, more: Row = []): Promise<R[]> {
    const rows: R[] = []
    for (let start = 0; start < names.length; start += namesAtOnce) {
      const some = names.slice(start, start + namesAtOnce)
      rows.push(...await this.connection.all<R>(sql(places(some)), [...some, ...more]))
    }
    return rows
  }
}
