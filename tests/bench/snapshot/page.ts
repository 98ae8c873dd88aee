/** What is measured, in a page of a real browser: Linli's device, and the same rows put into IndexedDB one by one. */
import Dexie, { type Table } from 'dexie'
import { openDevice, type Device } from '../../../src/device'
import type { Readings } from '../../../src/domain/nameMatch'
import type { Post } from '../../../src/domain/post'
import { exportPublicKey, makeKeyPair } from '../../../src/protocol/signature'
import type { Snapshot } from '../../../src/protocol/snapshot'
import type { Person } from './people'

type Row = [device: string, n: number, at: number, kind: string, body: Person]
const since = (start: number) => performance.now() - start
const post = (venue: string): Post => ({ id: 'b-bench-0', venue, rule: 'once', inviteOnly: false, groups: [] })

async function lookUp(device: Device, venue: string, ticket: string): Promise<string> {
  const result = await device.checkIn(post(venue), { by: 'typed', id: ticket })
  if ('fault' in result || result.verdict.kind === 'refused' || result.verdict.kind === 'unverified') throw new Error(JSON.stringify(result))
  return result.verdict.attendee?.alias ?? ''
}

/** Joins and downloads; milliseconds from the beginning of the download to the first look-up, and to the first search after it. */
async function download(code: string, venue: string, ticket: string, typed: string) {
  const device = await openDevice()
  const joined = await device.join(code, 'bench')
  if (!joined.ok) throw new Error(joined.code)
  const start = performance.now()
  let bytes = 0
  const outcome = await device.download((progress) => { bytes = progress.bytes })
  if (!outcome.ok) throw new Error(outcome.code)
  await lookUp(device, venue, ticket)
  const first = since(start)
  const found = await device.searchAttendees(typed, 20)
  const searched = since(start)
  const again = performance.now()
  await device.searchAttendees('lixiao', 20)
  const next = since(again)
  device.close()
  return { first, searched, next, found: found.length, bytes }
}

/** The page is fresh: milliseconds until the device is open, and until the first look-up. Its heap is measured while it is. */
let held: Device | undefined
async function coldOpen(venue: string, ticket: string, typed: string) {
  const start = performance.now()
  held = await openDevice()
  const open = since(start)
  await lookUp(held, venue, ticket)
  const first = since(start)
  if (typed !== '') await held.searchAttendees(typed, 20)
  return { open, first }
}

class Rows extends Dexie {
  readonly people!: Table<Record<string, unknown>, string>
  readonly floor!: Table<Record<string, unknown>>

  constructor(indexes: readonly string[]) {
    super('rows', { chromeTransactionDurability: 'relaxed' })
    this.version(1).stores({ people: ['ticket', ...indexes].join(), floor: '[device+n], [post+ticket]' })
  }
}

/** The same rows from the same pages, by `bulkAdd` with four indexes; with search, two of them are the names' pinyin and initials. */
async function byDexie(code: string, venue: string, ticket: string, withSearch: boolean) {
  await Dexie.delete('rows')
  const { publicKey } = await makeKeyPair(false)
  const body = JSON.stringify({ code, name: 'rows', key: await exportPublicKey(publicKey) })
  const joined = await (await fetch('/api/join', { method: 'POST', headers: { 'content-type': 'application/json' }, body })).json() as { epoch: string; token: string }
  const start = performance.now()
  const { readings } = await import('../../../src/device/pinyin')
  const database = new Rows(withSearch ? ['alias', 'pinyin', 'initials', 'phoneTail'] : ['alias', 'phoneTail', 'community', 'ageBand'])
  for (const stream of [`roster:${venue}`, `floor:${venue}`]) {
    const ask = (path: string) => fetch(`/api/snapshot/${joined.epoch}/${stream}${path}`, { headers: { authorization: `Bearer ${joined.token}` } })
    const { pages } = await (await ask('')).json() as Snapshot
    const rows: Row[] = []
    const line = [...pages]
    await Promise.all(Array.from({ length: 6 }, async () => {
      for (let page = line.shift(); page; page = line.shift()) {
        const unpacked = (await ask(`/${page.id}`)).body?.pipeThrough(new DecompressionStream('gzip'))
        rows.push(...await new Response(unpacked).json() as Row[])
      }
    }))
    const records = rows.map(([device, n, at, , said]) => ({ device, n, at, ...said, ...(withSearch && stream.startsWith('roster') && spelled(said.alias, readings)) }))
    await (stream.startsWith('roster') ? database.people : database.floor).bulkAdd(records)
  }
  if (await database.people.get(ticket) === undefined) throw new Error('not there')
  await database.floor.where('[post+ticket]').equals(['b-bench-0', ticket]).toArray()
  const first = since(start)
  const found = withSearch
    ? await Promise.all(['pinyin', 'initials'].map((index) => database.people.where(index).startsWith(index === 'pinyin' ? 'wangx' : 'wx').limit(20).toArray()))
    : []
  const searched = since(start)
  database.close()
  return { first, searched, found: found.flat().length }
}

function spelled(alias: string, readings: Readings) {
  const read = Array.from(alias, (character) => readings(character)[0] ?? '')
  return { pinyin: read.join(''), initials: read.map((reading) => reading[0] ?? '').join('') }
}

/** As `coldOpen`, of the rows that `byDexie` left, with IndexedDB alone. The floor is read whole, as whoever counts it must. */
async function rawOpen(ticket: string) {
  const start = performance.now()
  const database = await promised(indexedDB.open('rows'))
  const store = (name: string) => database.transaction(name).objectStore(name)
  await promised(store('floor').getAll())
  const open = since(start)
  await promised(store('people').get(ticket))
  return { open, first: since(start) }
}

function promised<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('no reason'))
  })
}

Object.assign(globalThis, { bench: { download, coldOpen, byDexie, rawOpen } })
