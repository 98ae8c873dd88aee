import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Reads, StoredOperation } from '../../src/server/log/log'
import { lineOf, Tail, type Line } from '../../src/server/sync/tail'

/** A stream of so many operations, and how many of them were read. */
class Log {
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

  get reads(): Reads {
    const operations: Reads['operations'] = async (_stream, after, upTo, limit) => {
      if (this.broken) throw new Error('no disk')
      const rows = this.stored.slice(after, Math.min(upTo, after + limit))
      this.read += rows.length
      return rows
    }
    return { operations } as Reads
  }
}

const floor = 'floor:v-main'
const textOf = (lines: readonly Line[]) => lines.map(({ text }) => text).join('\n')

describe('the newest operations of a stream', () => {
  it('are the same as in the log, whoever asks for what, while it grows', async () => {
    const question = fc.record({ grow: fc.nat(700), from: fc.double({ min: 0, max: 1, noNaN: true }), limit: fc.integer({ min: 1, max: 2_000 }) })
    await fc.assert(fc.asyncProperty(fc.array(question, { maxLength: 8 }), async (questions) => {
      const [log, tail] = [new Log(1), new Tail()]
      await Promise.all(questions.map(async ({ grow, from, limit }) => {
        log.grow(log.stored.length + grow)
        const head = log.stored.length
        const after = Math.floor(from * head)
        const lines = await tail.read(log.reads, 'e', floor, after, head, limit)
        expect(textOf(lines)).toBe(textOf(log.stored.slice(after, Math.min(head, after + limit)).map(lineOf)))
      }))
    }), { numRuns: 30 })
  })

  it('are read once, however many ask at once and later', async () => {
    const [log, tail] = [new Log(1_700), new Tail()]
    await Promise.all(Array.from({ length: 20 }, (_, cursor) => tail.read(log.reads, 'e', floor, cursor, 1_700, 2_000)))
    log.grow(1_701)
    await tail.read(log.reads, 'e', floor, 1_700, 1_701, 2_000)
    await tail.read(log.reads, 'e', floor, 1_600, 1_701, 2_000)
    expect(log.read).toBe(1_701)
  })

  it('are another log\'s with another epoch', async () => {
    const tail = new Tail()
    const [before, after] = [new Log(3), new Log(2)]
    await tail.read(before.reads, 'before', floor, 0, 3, 10)
    expect(await tail.read(after.reads, 'after', floor, 0, 2, 10)).toHaveLength(2)
  })

  it('are asked for again when they could not be read', async () => {
    const [log, tail] = [new Log(3), new Tail()]
    log.broken = true
    await expect(tail.read(log.reads, 'e', floor, 0, 3, 10)).rejects.toThrow('no disk')
    log.broken = false
    expect(await tail.read(log.reads, 'e', floor, 0, 3, 10)).toHaveLength(3)
  })

  it('of a roster are read each time, because they may have been blanked', async () => {
    const [log, tail] = [new Log(3), new Tail()]
    const roster = 'roster:v-main'
    await tail.read(log.reads, 'e', roster, 0, 3, 10)
    for (const operation of log.stored) operation.body = null
    expect((await tail.read(log.reads, 'e', roster, 0, 3, 10)).every(({ text }) => text.endsWith(',null]'))).toBe(true)
  })

  it('are forgotten where others were asked for since', async () => {
    const [log, tail] = [new Log(500), new Tail()]
    for (let venue = 0; venue <= 100; venue++) await tail.read(log.reads, 'e', `floor:v-${venue}`, 0, 500, 500)
    const before = log.read
    await tail.read(log.reads, 'e', 'floor:v-100', 0, 500, 500)
    expect(log.read).toBe(before)
    await tail.read(log.reads, 'e', 'floor:v-0', 0, 500, 500)
    expect(log.read).toBe(before + 500)
  })
})
