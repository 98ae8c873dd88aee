import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Phone } from '../server/phone'
import { percentile, present } from './figures'
import { bodyOf, send } from './linli/bodies'
import { scan } from './linli/scans'
import { startServer } from './linli/server'
import type { Watch } from './linli/watchers'

/** One phone writes a check-in while so many others wait at the server: until each of them has it. */
const { values } = parseArgs({ options: {
  phones: { type: 'string', default: '200' },
  /** Of them, those that are whole phones, with store and fold; the others do no more than ask over HTTP. */
  whole: { type: 'string', default: '10' },
  scans: { type: 'string', default: '60' },
} })
const [phones, whole, scans] = [Number(values.phones), Number(values.whole), Number(values.scans)]
/** Between two scans: everybody has asked again by then. */
const pause = 500

/** Milliseconds from the moment when the writer sends until another has it: each scan, each of the others. */
async function measure(): Promise<{ engine: number[]; http: number[] }> {
  const server = await startServer()
  const watchers = fork(fileURLToPath(new URL('watchers.js', import.meta.url)))
  try {
    const watch: Watch = { origin: server.origin, invite: await server.invite(phones + 1), whole, bare: phones - whole }
    const heard = { engine: [] as number[], http: [] as number[] }
    let sentAt = 0
    watchers.send(watch)
    await once(watchers, 'message')
    watchers.on('message', ({ kind, at }: { kind: keyof typeof heard; at: number }) => heard[kind].push(at - sentAt))
    const writer = await Phone.join(server.origin, watch.invite, 'writer')
    for (let n = 1; n <= scans; n++) {
      await new Promise((resolve) => { setTimeout(resolve, pause) })
      scan(writer, 1)
      const body = await bodyOf({ v: 1, epoch: null, batches: [await writer.batch(n)] }, 1)
      sentAt = Date.now()
      await (await send(writer, body)).arrayBuffer()
    }
    await new Promise((resolve) => { setTimeout(resolve, pause) })
    return heard
  } finally {
    watchers.kill('SIGKILL')
    await server.stop()
  }
}

await present('tail', async () => {
  const { engine, http } = await measure()
  const row = (name: string, times: number[], expected: number) =>
    [name, `${times.length} of ${expected}`, ...[0.5, 0.95, 0.99, 1].map((share) => `${percentile(times, share)} ms`)]
  return {
    title: 'another phone sees a check-in',
    tables: [{
      columns: ['who waits', 'heard', 'median', '95 %', '99 %', 'slowest'],
      rows: [row('whole phones, once it is in their state', engine, whole * scans), row('the others, once the answer is there', http, (phones - whole) * scans)],
    }],
    notes: [
      `${phones} phones wait at one server, ${scans} check-ins one after the other; from the moment when the writer sends it (SQLite, synchronised to disk before anybody is woken).`,
      'All waiting phones share one process, which shares the machine with the server: the last of them stands in line behind all the others\' answers.',
    ],
  }
})
