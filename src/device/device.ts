import { readTicket, type TicketReader } from '../protocol/ticket'
import { importPublicKey } from '../protocol/signature'
import type { Change, Device } from './api'
import { Background } from './background-sync'
import { Courier } from './courier'
import { eraseForgotten } from './erase'
import { Giver } from './give'
import { withoutSecrets, type KeptIdentity } from './identity'
import { ask } from './http'
import { join } from './join'
import { Memory } from './memory'
import { Outbox } from './outbox'
import { Places } from './places'
import { browserPorts, type Ports } from './ports'
import { receive } from './receive'
import { recentCheckIns } from './recent'
import { Recorder, todayNumber } from './record'
import { Replica } from './replica'
import { makeRoom } from './room'
import { AttendeeSearch } from './search'
import { measureClock, testStorage } from './self-test'
import { statusOf } from './status'
import { ignoreStorage } from './store'
import { Sync } from './sync'

/** A person waits for it; a report over a whole festival may take the server a while. In milliseconds. */
const askTimeout = 30_000

/** What tabs call to each other. A call carries no truth: whoever hears it reads the databases. */
type Call = 'written' | 'answered' | 'carried'

/**
 * Opens this phone's memory: reads what is stored and adds it up.
 * @throws StorageError when the browser refuses or can't read it
 */
export async function openDevice(given: Partial<Ports> = {}): Promise<Device> {
  const ports = { ...browserPorts(), ...given }
  const listeners = new Set<(change: Change) => void>()
  const changed = (change: Change) => { for (const listener of [...listeners]) callSafely(ports, () => listener(change)) }

  const outbox = new Outbox(ports)
  const replica = new Replica(ports)
  const memory = new Memory(ports, outbox, replica, changed)
  const places = new Places(memory, outbox)
  const channel = ports.channel('linli')
  const call = (message: Call) => channel.post(message)
  const courier = new Courier(ports, () => {
    changed('status')
    call('carried')
  })
  const keep = { ports, outbox, replica, memory, courier, places }
  const background = new Background(ports, () => {
    const { waiting, carried } = statusOf(memory, courier, 'off', undefined)
    return memory.identity !== undefined && waiting + carried > 0
  })
  const sync = new Sync(keep, {
    changed() {
      changed('status')
      if (sync.phase === 'backing-off' || sync.phase === 'held-off') background.ask()
    },
    answered() {
      background.rest()
      call('answered')
    },
  })
  const written = () => {
    changed('state')
    changed('status')
    call('written')
    sync.recorded()
  }
  const recorder = new Recorder(keep, written, async () => {
    memory.full = true
    changed('status')
    return makeRoom(ports, replica)
  })
  const look = () => { void memory.refresh().catch(ignoreStorage) }
  outbox.watch(look)
  replica.watch(look)
  channel.listen((message) => {
    if (message === 'carried') void courier.read().then(() => { changed('status') }, ignoreStorage)
    else void memory.refresh().then(() => { if (message === 'written') sync.recorded() }, ignoreStorage)
  })

  const giver = new Giver(keep)
  const reader = ticketReader(memory)
  const search = new AttendeeSearch(ports, memory, replica)
  let syncing = false
  let syncingAs: string | undefined
  const follow = () => {
    const device = syncing ? memory.identity?.device : undefined
    if (device === syncingAs) return
    syncingAs = device
    sync.stop()
    if (device !== undefined) sync.start()
  }
  listeners.add((change) => { if (change === 'identity') follow() })

  const shut = () => {
    background.close()
    channel.close()
    outbox.close()
    replica.close()
    courier.close()
  }
  try {
    await memory.refresh()
    await courier.read()
  } catch (error) {
    shut()
    throw error
  }
  await eraseForgotten(keep).catch(ignoreStorage)
  // Joined, frozen, revoked: no tab may go on as somebody else, nor show what was wiped.
  listeners.add((change) => { if (change === 'identity') call('answered') })

  return {
    identity: () => memory.identity && withoutSecrets(memory.identity),
    state: () => memory.state,
    programme: () => memory.programme(),
    festival: () => memory.programme().festival,
    now: () => memory.now(),
    join: (code, name, onProgress = () => {}) => join(keep, code, name, onProgress),
    async download(onProgress = () => {}) {
      const progress = { received: 0, expected: 0, bytes: 0 }
      const turn = await sync.complete(({ received = 0, left = 0, bytes = 0 }) => {
        progress.received += received
        progress.expected = progress.received + left
        progress.bytes += bytes
        onProgress({ ...progress })
      })
      return turn.event === 'done' ? { ok: true } : { ok: false, code: turn.trouble ?? 'offline' }
    },
    checkIn: (post, scan) => recorder.checkIn(post, scan),
    admitAnyway: (post, ticket, by, reason) => recorder.admitAnyway(post, ticket, by, reason),
    record: (stream, kind, body) => recorder.record(stream, kind, body),
    undo: ({ device, n, stream }, reason) => recorder.record(stream, 'void', { device, n, reason }),
    searchAttendees: (typed, limit) => search.find(typed, limit),
    readTicket: async (text) => readTicket(text, await reader()),
    workAt: async (post) => {
      if (memory.places.post === post.id) return
      await places.workAt(post.id)
      written()
    },
    post: () => memory.places.post,
    room: (post) => places.roomAt(post),
    recent: (limit) => recentCheckIns(memory, limit),
    todayNumber: (post) => todayNumber(memory, post),
    status: () => statusOf(memory, courier, sync.phase, sync.trouble),
    startSync() {
      syncing = true
      follow()
      return () => {
        syncing = false
        follow()
      }
    },
    async syncNow() { await sync.complete() },
    handOver: () => giver.handOver(),
    async receive(text) {
      const outcome = await receive(memory, courier, text)
      if (outcome.ok) sync.recorded()
      return outcome
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => { listeners.delete(listener) }
    },
    testStorage: () => testStorage(ports, outbox),
    askPersistence: () => ports.persist(),
    storageRoom: async () => ports.room?.(),
    measureClock: () => measureClock(keep),
    ask: ({ path, body, schema }) => ask(ports, { path, body, schema, token: memory.identity?.token, timeout: askTimeout }),
    close() {
      sync.stop()
      shut()
    },
  }
}

/** A screen's bug must not make a record that is durable look as if it were not; it is still reported. */
function callSafely(ports: Ports, call: () => void): void {
  try {
    call()
  } catch (error) {
    ports.report(error)
  }
}

/** The festival's keys made ready for reading tickets, once an identity. */
function ticketReader(memory: Memory): () => Promise<TicketReader> {
  let made: { device: string; reader: Promise<TicketReader> } | undefined
  return () => {
    const { identity } = memory
    if (!identity) return Promise.resolve({ festival: -1, keys: new Map() })
    if (made?.device !== identity.device) made = { device: identity.device, reader: makeReader(identity) }
    return made.reader
  }
}

async function makeReader({ festival, ticketKeys }: KeptIdentity): Promise<TicketReader> {
  const keys = await Promise.all(ticketKeys.map(async ({ id, key }) => [id, await importPublicKey(key)] as const))
  return { festival: festival.number, keys: new Map(keys) }
}
