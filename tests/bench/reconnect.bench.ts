import { parseArgs } from 'node:util'
import { contenders, reconnect, type Contender } from './contenders'
import { median, present, seconds } from './figures'

/**
 * So many phones have each written so many operations without a network, and all come back at once: until all hold all.
 *
 *   npm run bench -- reconnect --phones 20 --ops 500 --runs 3 --limit 120 --only linli,rxdb
 */
const { values } = parseArgs({ options: {
  phones: { type: 'string' },
  ops: { type: 'string' },
  runs: { type: 'string', default: '3' },
  /** Seconds after which one that has not finished is given up. */
  limit: { type: 'string', default: '60' },
  only: { type: 'string', default: contenders.join() },
} })

/** Without a choice: what ends in minutes. 50 and 200 phones with 500 each are for who has an hour. */
const usual: [phones: number, operations: number][] = [[10, 100], [10, 500], [20, 500], [50, 100], [200, 100]]
const cells = values.phones !== undefined && values.ops !== undefined
  ? values.phones.split(',').flatMap((phones) => (values.ops ?? '').split(',').map((ops): [number, number] => [Number(phones), Number(ops)]))
  : usual
const asked = contenders.filter((contender) => values.only.split(',').includes(contender))
const limit = Number(values.limit) * 1000

/** In turns, so that a busy minute of the machine is everybody's. One that was too slow is not asked again. */
async function measure(phones: number, operations: number): Promise<Map<Contender, number[]>> {
  const times = new Map(asked.map((contender): [Contender, number[]] => [contender, []]))
  const slow = new Set<Contender>()
  for (let run = 0; run < Number(values.runs); run++) {
    for (const contender of asked) {
      if (slow.has(contender)) continue
      const time = await reconnect(contender, phones, operations, limit)
      console.error(`${phones} x ${operations} ${contender}: ${time === undefined ? `not finished in ${seconds(limit)}` : seconds(time)}`)
      if (time === undefined) slow.add(contender)
      else times.get(contender)?.push(time)
    }
  }
  return times
}

function told(times: readonly number[] = []): string {
  return times.length > 0 ? `${seconds(median(times))} (${seconds(Math.min(...times))} to ${seconds(Math.max(...times))})` : `not in ${limit / 1000} s`
}

/** Where the other did not finish, what is known is that it took longer than the limit. */
function ratio(own: readonly number[] = [], other: readonly number[] = []): string {
  if (own.length === 0) return ''
  return other.length > 0 ? (median(own) / median(other)).toFixed(2) : `under ${(median(own) / limit).toFixed(2)}`
}

await present('reconnect', async () => {
  const rows = []
  for (const [phones, operations] of cells) {
    const times = await measure(phones, operations)
    const others = asked.filter((contender) => contender !== 'linli')
    rows.push([`${phones} x ${operations}`, ...asked.map((contender) => told(times.get(contender))),
      ...others.map((contender) => ratio(times.get('linli'), times.get(contender)))])
  }
  const others = asked.filter((contender) => contender !== 'linli')
  return {
    title: 'phones that were offline come back at once',
    tables: [{ columns: ['phones x operations', ...asked, ...others.map((other) => `linli / ${other}`)], rows }],
    notes: [
      `Seconds until every phone holds every operation and has heard that its own are stored; median of ${values.runs} runs in turns (least to most).`,
      'Linli: the engine of src/device with its signatures, checks and fold, over HTTP with gzip, on the server as it is deployed; SQLite, every commit synchronised to disk before it is acknowledged. Its phones store in fake-indexeddb, which copies whatever it is given and gives, as a browser does.',
      'RxDB 17.6: replication over HTTP with checkpoints and server-sent events as documented, batches of 1,000, memory storage on the phones; its server keeps the documents in the same SQLite with the same synchronisation, without gzip.',
      'PouchDB 9.0: live sync with express-pouchdb 4.2 ("minimumForPouchDB"), batches of 1,000, memory adapter on the phones; its server keeps them in LevelDB, which acknowledges before anything is synchronised to disk: less durable than the other two.',
      'Neither of the two signs, checks or folds anything. All phones are spread over equally many processes; all states are compared at the end.',
    ],
  }
})
