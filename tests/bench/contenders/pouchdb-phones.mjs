import http from 'pouchdb-adapter-http'
import memory from 'pouchdb-adapter-memory'
import PouchDB from 'pouchdb-core'
import replication from 'pouchdb-replication'
import { listen, makeCheckIn } from './told.mjs'

const Database = PouchDB.plugin(memory).plugin(http).plugin(replication)
/** Its documentation has 100, and says that more is faster where memory allows. */
const batchSize = 1000

listen(async ({ origin, operations, total }, name) => {
  const local = new Database(name, { adapter: 'memory' })
  const checkIns = Array.from({ length: operations }, (_, index) => makeCheckIn(name, index + 1, operations))
  await local.bulkDocs(checkIns.map((checkIn) => ({ _id: `${name}:${checkIn.n}`, ...checkIn })))
  return {
    sync: () =>
      new Promise((resolve, reject) => {
        let sent = 0
        const sync = local.sync(`${origin}/db/checkins`, { live: true, retry: true, batch_size: batchSize })
        sync.on('error', reject)
        sync.on('change', async ({ direction, change }) => {
          if (direction === 'push') sent += change.docs.length
          const { doc_count: held } = await local.info()
          if (held === total && sent >= operations) resolve(Date.now())
        })
      }),
    ids: async () => (await local.allDocs()).rows.map(({ id }) => id),
  }
})
