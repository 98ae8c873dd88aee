import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import type { StreamName } from '../../domain/operation'
import type { Wire } from './log'

const channel = 'linli'
/** Milliseconds until a lost connection is tried again. */
const again = 1_000
/** A word is at most 8,000 bytes, a name at most 200 characters of three bytes. */
const namesInWord = 12

/**
 * LISTEN and NOTIFY on a connection of its own. Where the database has neither, or a pooler swallows them, nothing is heard, and that is
 * all: sharedNotifier.ts looks by itself every few seconds. What is sent goes out after the commit, outside of any transaction.
 */
export class PostgresWire implements Wire {
  private readonly settings: pg.ClientConfig
  private readonly closing = new AbortController()
  private client: pg.Client | undefined
  private readonly waiting = new Set<StreamName>()
  private sending = false

  constructor(settings: pg.ClientConfig) {
    this.settings = settings
  }

  receive(heard: (streams: readonly StreamName[]) => void): void {
    void this.stayConnected(heard)
  }

  send(streams: Iterable<StreamName>): void {
    if (!this.client) return
    for (const stream of streams) this.waiting.add(stream)
    if (!this.sending) void this.sendWaiting(this.client)
  }

  close(): void {
    this.closing.abort()
    void this.client?.end().catch(() => {})
  }

  private async stayConnected(heard: (streams: readonly StreamName[]) => void): Promise<void> {
    const { signal } = this.closing
    while (!signal.aborted) {
      await this.connect(heard).catch(() => {})
      await pause(again, undefined, { ref: false, signal }).catch(() => {})
    }
  }

  /** Resolves or rejects when the connection is over. */
  private async connect(heard: (streams: readonly StreamName[]) => void): Promise<void> {
    const client = new pg.Client(this.settings)
    const over = new Promise<void>((resolve) => client.on('error', () => resolve()).on('end', () => resolve()))
    let self: number | undefined
    client.on('notification', ({ processId, payload }) => {
      if (processId !== self) heard((payload ?? '').split('\n'))
    })
    try {
      await client.connect()
      const { rows: [own] } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
      self = own?.pid
      await client.query(`LISTEN ${channel}`)
      if (this.closing.signal.aborted) return
      this.client = client
      await over
    } finally {
      this.client = undefined
      void client.end().catch(() => {})
    }
  }

  private async sendWaiting(client: pg.Client): Promise<void> {
    this.sending = true
    try {
      while (this.waiting.size > 0) {
        const names = [...this.waiting].slice(0, namesInWord)
        for (const name of names) this.waiting.delete(name)
        await client.query('SELECT pg_notify($1, $2)', [channel, names.join('\n')])
      }
    } catch {
      // The connection is over; others look by themselves.
      this.waiting.clear()
    } finally {
      this.sending = false
    }
  }
}
