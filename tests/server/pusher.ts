import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'vitest'
import type { SyncResponse, WireOperation } from '../../src/protocol/sync'
import type { Phone } from './phone'

const stream = 'floor:v-main'
export const operationsAtOnce = 15

/** Writes and sends without a pause, and sends again whatever was not acknowledged. */
export class Pusher {
  readonly phone: Phone
  acknowledged = 0
  /** Answers since somebody set it to 0. */
  answers = 0
  /** Times that the server was there and could not store. */
  turnedAway = 0
  epochs = new Set<string>()

  constructor(phone: Phone) {
    this.phone = phone
  }

  async push(stopped: () => boolean): Promise<void> {
    while (!stopped()) {
      if (this.phone.outbox.length === this.acknowledged) {
        for (let i = 0; i < operationsAtOnce; i++) this.phone.write(stream, 'headcount', { post: 'b-g1', count: this.phone.outbox.length })
      }
      const batch = await this.phone.batch(this.acknowledged + 1)
      try {
        const { status, headers, body } = await this.phone.post<SyncResponse>('/api/sync', { v: 1, epoch: null, batches: [batch] })
        if (status === 200) this.take(body)
        else if (status === 503 && headers.has('Retry-After')) await this.wait()
        else throw new Error(`sync: ${status} ${JSON.stringify(body)}`)
      } catch (error) {
        // No connection, or one that was cut; anything that the server said itself is a fault.
        if (!(error instanceof TypeError)) throw error
        await pause(10)
      }
    }
  }

  private async wait(): Promise<void> {
    this.turnedAway++
    // Less than it asks for, and enough to leave the machine to what is starting.
    await pause(50)
  }

  private take({ accepted, epoch }: SyncResponse): void {
    this.acknowledged = accepted[this.phone.device] ?? 0
    this.epochs.add(epoch)
    this.answers++
  }
}

/** A stream from its start, which must be dense. */
export async function readAll(reader: Phone, stream: string): Promise<{ head: number; operations: WireOperation[] }> {
  const operations: WireOperation[] = []
  for (;;) {
    const { streams, more } = await reader.sync({ cursors: { [stream]: operations.length } })
    const part = streams[stream]
    if (part) {
      expect(part.from).toBe(operations.length + 1)
      operations.push(...part.ops)
    }
    if (!more) return { head: part?.head ?? operations.length, operations }
  }
}

/** Everything acknowledged is there, once, in order, as it was written; the stream is dense. @returns its head */
export async function checkNothingLost(reader: Phone, pushers: readonly Pusher[]): Promise<number> {
  const { head, operations } = await readAll(reader, stream)
  expect(operations).toHaveLength(head)
  for (const { phone, acknowledged, epochs } of pushers) {
    const own = operations.filter(([device]) => device === phone.device)
    expect(own.length).toBeGreaterThanOrEqual(acknowledged)
    expect(own).toEqual(phone.outbox.slice(0, own.length).map(({ at, kind, body }, index) => [phone.device, index + 1, at, kind, body]))
    expect([...epochs]).toEqual([phone.identity.epoch])
  }
  return head
}
