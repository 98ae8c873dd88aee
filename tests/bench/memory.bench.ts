import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Phone } from '../server/phone'
import { present, seconds } from './figures'
import { bodiesOf, send } from './linli/bodies'
import { scan } from './linli/scans'
import { startServer } from './linli/server'

/** What a server holds in memory with a whole festival in its log, and once it was asked for a report of all of it. */
const { values } = parseArgs({ options: { ops: { type: 'string', default: '1000000' }, phones: { type: 'string', default: '50' } } })
const [all, phones] = [Number(values.ops), Number(values.phones)]
/** Operations that a phone writes at a time, so that this process does not hold a million of them. */
const atOnce = 1_000

const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`

await present('memory', async () => {
  const server = await startServer()
  try {
    const rows: (string | number)[][] = []
    const note = (when: string, took = '') => {
      const { now, most } = server.memory()
      rows.push([when, megabytes(now), megabytes(most), took])
    }
    note('started, with the sample festival')
    const invite = await server.invite(phones)
    await Promise.all(Array.from({ length: phones }, async (_, index) => {
      const phone = await Phone.join(server.origin, invite, `phone ${index}`)
      for (let written = 0; written < all / phones; written += atOnce) {
        scan(phone, atOnce)
        for (const body of await bodiesOf(phone, written + 1)) await (await send(phone, body)).arrayBuffer()
      }
    }))
    note(`${all} operations taken in`)
    for (const time of ['first', 'second']) {
      const began = performance.now()
      const { status } = await server.organiser.get('/api/reports/summary?by=hour')
      if (status !== 200) throw new Error(`report: ${status}`)
      note(`the ${time} report over all of them`, seconds(performance.now() - began))
    }
    await pause(10_000)
    note('ten seconds later')
    return {
      title: 'what the server holds in memory',
      tables: [{ columns: ['when', 'resident', 'most so far', 'took'], rows }],
      notes: ['One process on SQLite, check-ins of different tickets at five booths. Without a report nothing of them is kept in memory but what was asked for last; the first report folds all, and the fold is kept for the next.'],
    }
  } finally {
    await server.stop()
  }
})
