import * as fc from 'fast-check'
import { gunzipSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { operationOf, type Row } from '../../src/device/page'
import { digestOf } from '../../src/domain/digest'
import { fold, stateOf } from '../../src/domain/fold'
import type { Operation } from '../../src/domain/operation'
import { createState } from '../../src/domain/state'
import type { Snapshot } from '../../src/protocol/snapshot'
import type { Log, NewPage, StoredOperation, Transaction } from '../../src/server/log/log'
import { Snapshots } from '../../src/server/snapshot/snapshots'
import { contents, operationSets } from '../domain/arbitraries'

/** What a snapshot's maker asks a log, of these operations alone; it hands on what is made. */
function logOf(operations: readonly StoredOperation[], made: (pages: readonly NewPage[]) => void): Log {
  const log: Partial<Log> = {
    heads: async ([stream = ''] = []) => new Map([[stream, operations.length]]),
    operations: async (_stream, after, upTo) => operations.slice(after, upTo),
    snapshot: async () => undefined,
    write: async (work) => work({
      async storeSnapshot(_stream: string, snapshot: Snapshot, pages: readonly NewPage[]) {
        made(pages)
        return snapshot
      },
    } as Transaction),
  }
  return log as Log
}

const { malformed: _, ...wellFormed } = contents
const histories = operationSets(40, fc.oneof(...Object.values(wellFormed), contents.attendee, contents.attendee, contents.forget, contents.void))
  .chain((operations) => fc.record({
    operations: fc.constant(operations),
    /** Where in the history the snapshot is made, and which writings about people are erased by then. */
    cut: fc.integer({ min: 0, max: operations.length }),
    erased: fc.subarray(operations.filter(({ kind }) => kind === 'attendee')),
    rows: fc.integer({ min: 1, max: 4 }),
  }))

test('folding a snapshot, its pages in any order, and what comes after it is folding everything', async () => {
  await fc.assert(fc.asyncProperty(histories, fc.infiniteStream(fc.nat()), async ({ operations, cut, erased, rows }, order) => {
    const gone = new Set(erased)
    const log = operations.map((operation): Operation => (gone.has(operation) ? { ...operation, body: null } : operation))
    const state = createState()
    fold(state, log.slice(cut))
    for (const stream of new Set(log.map((operation) => operation.stream))) {
      const before = log.slice(0, cut).filter((operation) => operation.stream === stream)
      const stored = before.map(({ device, n, at, kind, body }, index): StoredOperation =>
        ({ seq: index + 1, device, n, at, kind, body: body === null ? null : JSON.stringify(body) }))
      let pages: readonly NewPage[] = []
      const maker = new Snapshots(logOf(stored, (made) => { pages = made }), { enough: 1, rows, gzip: async (bytes) => gzipSync(bytes) })
      const snapshot = await maker.current(stream)
      expect(snapshot.seq).toBe(before.length)
      for (const { device, n } of before) expect(snapshot.have[device]).toBeGreaterThanOrEqual(n)
      const shuffled = pages.map((page) => ({ page, place: order.next().value ?? 0 })).sort((a, b) => a.place - b.place)
      for (const { page } of shuffled) {
        fold(state, (JSON.parse(gunzipSync(page.bytes).toString()) as Row[]).map((row) => operationOf(stream, row)))
      }
    }
    expect(digestOf(state)).toEqual(digestOf(stateOf(log)))
  }), { numRuns: 200 })
})
