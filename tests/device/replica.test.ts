import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { beforeEach, describe, expect, test } from 'vitest'
import { browserPorts } from '../../src/device/ports'
import type { Row } from '../../src/device/page'
import { Replica, type Received } from '../../src/device/replica'
import { start } from './world'

const view = { epoch: 'e1', device: 'aaaaaaaaaaaa' }
const floor = 'floor:v-main'
let storage: IDBFactory
let replica: Replica
const openTab = () => new Replica({ ...browserPorts(), indexedDB: storage, IDBKeyRange })

beforeEach(async () => {
  storage = new IDBFactory()
  replica = openTab()
  await replica.look(view)
})

/** Check-ins of another phone, numbered `from` to `to`. */
const rows = (from: number, to: number): Row[] => Array.from({ length: to - from + 1 }, (_, index): Row =>
  ['bbbbbbbbbbbb', from + index, start * 4096 + from + index, 'checkin', { post: 'a', ticket: `T${from + index}`, by: 'camera' }])
const part = (asked: number | undefined, cursor: number | undefined, some: Row[] = rows((asked ?? 0) + 1, cursor ?? 0)): Received =>
  ({ stream: floor, asked, rows: some, cursor, knownUntil: start })
const contents = async () => {
  const { pages, cursors } = await openTab().read(0)
  return { ns: pages.flatMap((page) => page.rows.map(([, n]) => n)), cursor: cursors[0]?.cursor, pages: pages.length }
}

describe('saving', () => {
  test('a cursor is saved only together with its data: a page that can not be stored leaves both as they were', async () => {
    await replica.save(view, [part(0, 2)], start)
    const unstorable: Row = ['bbbbbbbbbbbb', 3, 1, 'checkin', () => {}]
    await expect(replica.save(view, [part(2, 3, [unstorable])], start)).rejects.toThrow()
    expect(await contents()).toEqual({ ns: [1, 2], cursor: 2, pages: 1 })
  })

  test('tells which pages it made, with their rows; those of a page put together from others stand in the others', async () => {
    const told = []
    for (let cursor = 0; cursor < 20; cursor++) told.push(...await replica.save(view, [part(cursor, cursor + 1)], start))
    expect(told.map(({ id, rows: made }) => [id, made.length])).toEqual([...told.slice(0, 20).map(({ id }) => [id, 1]), [told.at(-1)?.id, 0]])
    expect((await openTab().read(told[19]?.id ?? 0)).pages.map(({ id, rows: made }) => [id, made.length])).toEqual([[told.at(-1)?.id, 20]])
  })

  test('the same answer saved by two tabs is there once', async () => {
    await Promise.all([replica.save(view, [part(0, 3)], start), openTab().save(view, [part(0, 3)], start)])
    expect(await contents()).toEqual({ ns: [1, 2, 3], cursor: 3, pages: 1 })
  })

  test('an answer of another log or to another device is passed over', async () => {
    await replica.save({ ...view, epoch: 'e0' }, [part(0, 3)], start)
    await replica.save({ ...view, device: 'cccccccccccc' }, [part(0, 3)], start)
    expect(await contents()).toEqual({ ns: [], cursor: undefined, pages: 0 })
  })

  test('the live tail’s many small pages become one, and nothing is lost', async () => {
    for (let n = 1; n <= 45; n++) await replica.save(view, [part(n - 1, n)], start)
    const { ns, pages, cursor } = await contents()
    expect(ns.sort((a, b) => a - b)).toEqual(Array.from({ length: 45 }, (_, index) => index + 1))
    expect(pages).toBeLessThan(20)
    expect(cursor).toBe(45)
  })
})

describe('another view', () => {
  test.each([{ ...view, epoch: 'e2' }, { ...view, device: 'cccccccccccc' }])('drops the cursors and keeps what was seen: %o', async (other) => {
    await replica.save(view, [part(0, 3)], start)
    await replica.look(other)
    expect(await contents()).toEqual({ ns: [1, 2, 3], cursor: undefined, pages: 1 })
    // As another device nothing is known of what a copy of the former one may have written.
    expect((await replica.read(0)).cursors[0]?.knownUntil).toBe(other.device === view.device ? start : undefined)
    await replica.save(other, [part(undefined, 7, rows(4, 5))], start)
    expect(await contents()).toEqual({ ns: [1, 2, 3, 4, 5], cursor: 7, pages: 2 })
  })

  test('coming back to a log, this phone knows where it stood there; as another device, or when that log was set back, it does not', async () => {
    const laidBy = async () => (await replica.read(0)).cursors[0]?.laidBy
    await replica.save(view, [part(0, 3)], start)
    await replica.look({ ...view, epoch: 'e2' }, 'anew')
    expect(await laidBy()).toEqual({ e1: 3 })
    await replica.save({ ...view, epoch: 'e2' }, [part(undefined, 7, [])], start)
    await replica.look(view, 'anew')
    expect(await laidBy()).toEqual({ e1: 3, e2: 7 })
    await replica.look({ ...view, epoch: 'e2' }, 'anew')
    await replica.look({ ...view, epoch: 'e2' }, 'anew')
    expect(await laidBy()).toEqual({ e1: 3 })
    await replica.look({ epoch: 'e2', device: 'cccccccccccc' })
    expect(await laidBy()).toEqual({})
  })

  test('looking at the same again changes nothing, unless that log was set back', async () => {
    await replica.save(view, [part(0, 3)], start)
    await replica.look(view)
    expect(await contents()).toMatchObject({ cursor: 3 })
    await replica.look(view, 'anew')
    expect(await contents()).toMatchObject({ ns: [1, 2, 3], cursor: undefined })
  })
})

test('erased rows stay in their place without a body', async () => {
  await replica.save(view, [part(0, 3)], start)
  await replica.erase(floor, ({ n }) => n === 2)
  const { pages } = await replica.read(0)
  expect(pages.flatMap((page) => page.rows.map(([, n, , kind, body]) => [n, kind, body === null]))).toEqual([
    [1, 'checkin', false], [2, 'checkin', true], [3, 'checkin', false],
  ])
})

test('a replica that was deleted is read again from its start', async () => {
  await replica.save(view, [part(0, 3)], start)
  replica.close()
  await new Promise<void>((resolve) => { storage.deleteDatabase('linli-replica').onsuccess = () => resolve() })
  expect(await replica.read(0)).toEqual({ view: undefined, lastSuccess: undefined, cursors: [], pages: [], snapshots: [] })
})
