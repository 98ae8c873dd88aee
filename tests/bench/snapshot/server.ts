/**
 * A server with venues of so many attendees and operations on the floor, as rows in its log; it serves the page of the bench.
 * `node server.js DATA APP ATTENDEES…` prints `{ port, venues: [ { venue, invites } ] }`.
 */
import { join } from 'node:path'
import { clockAt } from '../../../src/domain/clock'
import { makeInvite } from '../../../src/server/access/invites'
import { makePrivateKey, publicKeyOf } from '../../../src/server/festival/keys'
import { setUpSample } from '../../../src/server/festival/setUp'
import { listen } from '../../../src/server/listen'
import type { Log, NewOperation } from '../../../src/server/log/log'
import { openLog } from '../../../src/server/log/sqlLog'
import { openSqlite } from '../../../src/server/log/sqlite'
import { servicesOf } from '../../../src/server/services'
import { person, seeded } from './people'

const floorOperations = 50_000
const [data = '', app = '', ...counts] = process.argv.slice(2)
const writer = 'benchbenchbe'
const posts = Array.from({ length: 40 }, (_, index) => `b-bench-${index}`)

async function fill(log: Log, venue: string, attendees: number, from: number): Promise<number> {
  const random = seeded(attendees)
  const tickets: string[] = []
  let n = from
  const write = async (stream: string, count: number, make: () => [kind: string, ticket: string | null, body: object]) => {
    for (let done = 0; done < count; done += 5_000) {
      await log.write(async (transaction) => {
        const size = Math.min(5_000, count - done)
        const head = await transaction.advance(stream, size)
        await transaction.storeOperations(Array.from({ length: size }, (_, index): NewOperation => {
          const [kind, ticket, body] = make()
          return { stream, seq: head - size + index + 1, device: writer, n: ++n, at: clockAt(Date.now()) + index, kind, body: JSON.stringify(body), ticket, extra: null }
        }))
      })
    }
  }
  await write(`roster:${venue}`, attendees, () => {
    const body = person(random)
    if (tickets.length < floorOperations) tickets.push(body.ticket)
    return ['attendee', body.ticket, body]
  })
  await write(`floor:${venue}`, floorOperations, () =>
    ['checkin', null, { post: posts[random() % posts.length], ticket: tickets[random() % tickets.length], by: 'camera' }])
  return n
}

const log = await openLog(openSqlite(join(data, 'linli.db')))
await setUpSample(log, Date.now())
await log.write(async (transaction) => transaction.addDevice({
  device: writer, key: publicKeyOf(await makePrivateKey()), name: '', role: 'organiser', venue: null, label: '', invite: null, tokenHash: null, joined: 0,
}))
let last = 0
const venues: { venue: string; attendees: number; code: string }[] = []
for (const attendees of counts.map(Number)) {
  const venue = `com-dx-00${venues.length + 1}`
  last = await fill(log, venue, attendees, last)
  const code = await makeInvite(log, { role: 'volunteer', venue, label: '', uses: 1_000, expires: Date.now() + 86_400_000 })
  venues.push({ venue, attendees, code })
}
const services = await servicesOf(log, { publicUrl: undefined, app, now: Date.now })
// A server at work has them: the first phone of the day waited for it.
for (const { venue } of venues) for (const stream of [`roster:${venue}`, `floor:${venue}`]) await services.snapshots.current(stream)
const { port } = await listen(services, 0, '127.0.0.1')
console.log(JSON.stringify({ port, venues }))
