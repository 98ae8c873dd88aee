import type { DeviceId, Operation, StreamName } from '../domain/operation'
import type { Ports } from './ports'

/** An operation in a page: `[device, n, at, kind, body]`. The stream is the page's. */
export type Row = [device: DeviceId, n: number, at: number, kind: string, body: unknown]

export function operationOf(stream: StreamName, [device, n, at, kind, body]: Row): Operation {
  return { device, n, at, stream, kind, body }
}

/** The row of an operation that was erased: it stays in its place as `(device, n)`. */
export function blank([device, n, at, kind]: Row): Row {
  return [device, n, at, kind, null]
}

/** The first byte of gzip (RFC 1952); JSON never begins with it. */
const gzipBegins = 0x1f

/**
 * The rows in a page's bytes: packed as they came, or plain where a row was blanked here.
 * @throws when they are no page
 */
export async function readPage({ gunzip }: Pick<Ports, 'gunzip'>, bytes: Uint8Array<ArrayBuffer>): Promise<Row[]> {
  const plain = bytes[0] === gzipBegins && gunzip ? await gunzip(bytes) : bytes
  const rows: unknown = JSON.parse(new TextDecoder().decode(plain))
  if (!Array.isArray(rows) || !rows.every(isRow)) throw new TypeError('not a page')
  return rows
}

export function writePage(rows: readonly Row[]): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(rows))
}

function isRow(row: unknown): row is Row {
  if (!Array.isArray(row) || row.length !== 5) return false
  const [device, n, at, kind] = row as unknown[]
  return typeof device === 'string' && typeof n === 'number' && typeof at === 'number' && typeof kind === 'string'
}
