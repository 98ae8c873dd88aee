import type { EngineName, Wire } from './log'

/** What an engine must do: run SQL with `?` for values, and hold a transaction. Everything else is in plain SQL above it. */
export type Value = string | number | Uint8Array | null
export type Row = readonly Value[]

export interface Connection {
  /** Rows as tuples in the order of the columns. */
  all<R extends Row>(sql: string, values?: Row): Promise<R[]>
  run(sql: string, values?: Row): Promise<void>
}

export interface Engine extends Connection {
  readonly name: EngineName
  /** The few words in which engines differ when tables are made. */
  readonly dialect: { bytes: string; clustered: string }
  /** Set where other processes may work on the same database. */
  readonly wire?: Wire
  /** Commits, durably, when `work` resolves; rolls back when it rejects. Where another transaction was in the way, `work` begins again. */
  transaction<T>(work: (connection: Connection) => Promise<T>): Promise<T>
  close(): Promise<void>
}
