import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Log, StoredOperation } from '../../src/server/log/log'
import { lineOf, Tail, type Line } from '../../src/server/sync/tail'

/** A stream of so many operations, and how many of them were read. */
class Stream {
  readonly stored: StoredOperation[] = []
  read = 0
  broken = false

  constructor(length: number) {
    this.grow(length)
  }

  grow(length: number): void {
    while (this.stored.length < length) {
      const seq = this.stored.length + 1
      this.stored.push({ seq, device: `d${seq % 3}`, n: seq, at: seq, kind: 'headcount', body: `{"count":${seq}}` })
    }
  }

  get log(): Pick<Log, 'operations'> {
    const operations: Log['operations'] = async (_stream, after, upTo, limit) => {
      if (this.broken) throw new Error('no disk')
      const rows = this.stored.slice(after, Math.min(upTo, after + limit))
      this.read += rows.length
      return rows
    }
    return { operations }
  }
}

const floor = 'floor:v-main'
const textOf = (lines: readonly Line[]) => lines.map(({ text }) => text).join('\n')

describe('the newest operations of a stream', () => {
  it('are the same as in the log, whoever asks for what, while it grows', async () => {
    const question = fc.record({ grow: fc.nat(700), from: fc.double({ min: 0, max: 1, noNaN: true }), limit: fc.integer({ min: 1, max: 2_000 }) })
    await fc.assert(fc.asyncProperty(fc.array(question, { maxLength: 8 }), async (questions) => {
      const [stream, tail] = [new Stream(1), new Tail()]
      await Promise.all(questions.map(async ({ grow, from, limit }) => {
        stream.grow(stream.stored.length + grow)
        const head = stream.stored.length
        const after = Math.floor(from * head)
        const lines = await tail.read(stream.log, 'e', floor, after, head, limit)
        expect(textOf(lines)).toBe(textOf(stream.stored.slice(after, Math.min(head, after + limit)).map(lineOf)))
      }))
    }), { numRuns: 30 })
  })

  it('are read once, however many ask at once and later', async () => {
    const [stream, tail] = [new Stream(1_700), new Tail()]
    await Promise.all(Array.from({ length: 20 }, (_, cursor) => tail.read(stream.log, 'e', floor, cursor, 1_700, 2_000)))
    stream.grow(1_701)
    await tail.read(stream.log, 'e', floor, 1_700, 1_701, 2_000)
    await tail.read(stream.log, 'e', floor, 1_600, 1_701, 2_000)
    expect(stream.read).toBe(1_701)
  })

  it('are another log\'s with another epoch', async () => {
    const tail = new Tail()
    const [before, after] = [new Stream(3), new Stream(2)]
    await tail.read(before.log, 'before', floor, 0, 3, 10)
    expect(await tail.read(after.log, 'after', floor, 0, 2, 10)).toHaveLength(2)
  })

  it('are asked for again when they could not be read', async () => {
    const [stream, tail] = [new Stream(3), new Tail()]
    stream.broken = true
    await expect(tail.read(stream.log, 'e', floor, 0, 3, 10)).rejects.toThrow('no disk')
    stream.broken = false
    expect(await tail.read(stream.log, 'e', floor, 0, 3, 10)).toHaveLength(3)
  })

  it('of a roster are read each time, because they may have been blanked', async () => {
    const [stream, tail] = [new Stream(3), new Tail()]
    const roster = 'roster:v-main'
    await tail.read(stream.log, 'e', roster, 0, 3, 10)
    for (const operation of stream.stored) operation.body = null
    expect((await tail.read(stream.log, 'e', roster, 0, 3, 10)).every(({ text }) => text.endsWith(',null]'))).toBe(true)
  })

  it('of a log that other processes write to are read each time, because a standby may take over', async () => {
    const [stream, tail] = [new Stream(3), new Tail()]
    const log = { ...stream.log, wire: { send: () => {}, receive: () => {} } }
    await tail.read(log, 'e', floor, 0, 3, 10)
    await tail.read(log, 'e', floor, 0, 3, 10)
    expect(stream.read).toBe(6)
  })

  it('are forgotten where others were asked for since', async () => {
    const [stream, tail] = [new Stream(500), new Tail()]
    for (let venue = 0; venue <= 100; venue++) await tail.read(stream.log, 'e', `floor:v-${venue}`, 0, 500, 500)
    const before = stream.read
    await tail.read(stream.log, 'e', 'floor:v-100', 0, 500, 500)
    expect(stream.read).toBe(before)
    await tail.read(stream.log, 'e', 'floor:v-0', 0, 500, 500)
    expect(stream.read).toBe(before + 500)
  })
})
