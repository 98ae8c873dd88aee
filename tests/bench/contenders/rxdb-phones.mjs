import { createRxDatabase } from 'rxdb/plugins/core'
import { replicateRxCollection } from 'rxdb/plugins/replication'
import { getRxStorageMemory } from 'rxdb/plugins/storage-memory'
import { Subject } from 'rxjs'
import { listen, makeCheckIn } from './told.mjs'

/** Its documentation has 5 to 100 and leaves it to the server; 1,000 is what a phone of ours may send at once. */
const batchSize = 1000

const text = { type: 'string' }
const number = { type: 'number' }
const schema = {
  version: 0,
  primaryKey: 'id',
  type: 'object',
  properties: {
    id: { type: 'string', maxLength: 60 }, updatedAt: number, device: text, n: number, at: number, stream: text, kind: text, post: text, ticket: text, by: text,
  },
  required: ['id', 'updatedAt'],
}

listen(async ({ origin, operations, total }, name) => {
  const database = await createRxDatabase({ name, storage: getRxStorageMemory(), multiInstance: false, eventReduce: false })
  const { checkins } = await database.addCollections({ checkins: { schema } })
  const checkIns = Array.from({ length: operations }, (_, index) => makeCheckIn(name, index + 1, operations))
  await checkins.bulkInsert(checkIns.map((checkIn) => ({ id: `${name}:${checkIn.n}`, updatedAt: 0, ...checkIn })))
  return {
    sync: () =>
      new Promise((resolve) => {
        const held = new Set(checkIns.map(({ n }) => `${name}:${n}`))
        let sent = 0
        const replication = replicate(checkins, origin, name)
        const look = () => {
          if (held.size === total && sent >= operations) resolve(Date.now())
        }
        // It tries again by itself.
        replication.error$.subscribe((error) => console.error(error.code))
        replication.sent$.subscribe(() => {
          sent++
          look()
        })
        checkins.eventBulks$.subscribe(({ events }) => {
          for (const { documentId } of events) held.add(documentId)
          look()
        })
      }),
    ids: async () => (await checkins.find().exec()).map(({ primary }) => primary),
  }
})

/**
 * @param {import('rxdb').RxCollection} collection
 * @param {string} origin
 * @param {string} name
 */
function replicate(collection, origin, name) {
  const stream$ = new Subject()
  void follow(`${origin}/stream`, stream$)
  return replicateRxCollection({
    collection,
    replicationIdentifier: name,
    live: true,
    pull: {
      batchSize,
      stream$,
      async handler(checkpoint, limit) {
        const { id, updatedAt } = checkpoint ?? { id: '', updatedAt: 0 }
        return (await fetch(`${origin}/pull?updatedAt=${updatedAt}&id=${id}&limit=${limit}`)).json()
      },
    },
    push: {
      batchSize,
      handler: async (rows) => (await fetch(`${origin}/push`, { method: 'POST', body: JSON.stringify(rows) })).json(),
    },
  })
}

/**
 * Server-sent events, which Node 20 has no EventSource for.
 * @param {string} address
 * @param {Subject<unknown>} stream$
 */
async function follow(address, stream$) {
  const { body } = await fetch(address)
  stream$.next('RESYNC')
  let rest = ''
  for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const events = (rest + chunk).split('\n\n')
    rest = events.pop() ?? ''
    for (const event of events) stream$.next(JSON.parse(event.slice('data: '.length)))
  }
}
