import Dexie, { type Table } from 'dexie'
import { tick } from '../domain/clock'
import type { DeviceId, Operation, WrittenOperation } from '../domain/operation'
import type { Quarantined } from '../protocol/sync'
import type { KeptIdentity } from './identity'
import { nothingKept, type KeptPlaces } from './kept-places'
import { ownVersionOnly } from './own-version'
import type { Ports } from './ports'
import { Store } from './store'

/**
 * What must last: who this phone is and was, every operation written on it, and what the server said of them. Durability is
 * strict and the schema never changes. Operations are kept, acknowledged or not, until the festival is purged: a server that
 * is restored from an old backup gets everything back from here.
 *
 *   identities   [device]      one a joining, with its key pair (the private key can't be read out) and token
 *   operations   [device+n]    never changed, but for erasure
 *   values       by name       current, clock, offset, standing:DEVICE, places:DEVICE, joining
 */
class OutboxDatabase extends Dexie {
  readonly identities!: Table<KeptIdentity, DeviceId>
  readonly operations!: Table<Operation, [DeviceId, number]>
  readonly values!: Table<unknown, string>

  constructor({ indexedDB, IDBKeyRange }: Ports) {
    super('linli-outbox', { indexedDB: ownVersionOnly(indexedDB), IDBKeyRange, chromeTransactionDurability: 'strict' })
    this.version(1).stores({ identities: 'device', operations: '[device+n]', values: '' })
  }
}

/** What the server said of one device's operations. It means something for the log of this epoch only. */
export interface Standing {
  epoch: string
  accepted: number
  /** The highest `n` that this phone itself has brought to any log: up to there a server has compared them, or had none but these. */
  proven: number
  root: number
  quarantined: Quarantined[]
}

export type Said = Omit<Standing, 'proven'>

export interface OutboxContents {
  current?: DeviceId
  identities: KeptIdentity[]
  standings: Map<DeviceId, Standing>
  /** Milliseconds that the server's clock is ahead of ours. */
  offset: number
  /** Of the current device. */
  places: KeptPlaces
}

/** What memory holds of a database that is gone. */
export interface Remembered extends OutboxContents {
  operations: readonly Operation[]
}

export interface Append {
  device: DeviceId
  operation: Omit<WrittenOperation, 'at'>
  /** Corrected time in milliseconds, and the highest `at` heard from others. */
  now: number
  heard: number
  /** The `n` that the caller judged upon: when another tab has written since, the caller must look again. */
  expected?: number
  /** The version of what was kept of places, where it was judged upon that. */
  places?: number
}
export type AppendResult = { ok: true; operation: Operation } | { ok: false; why: 'behind' | 'not-current' }

const standingKey = (device: DeviceId) => `standing:${device}`
const placesKey = (device: DeviceId) => `places:${device}`
const allOf = (device: DeviceId, after = 0): [unknown, unknown] => [[device, after + 1], [device, Dexie.maxKey]]

export class Outbox {
  readonly #store: Store<OutboxDatabase>

  constructor(ports: Ports) {
    this.#store = new Store(() => new OutboxDatabase(ports), ports.after)
  }

  /** @param call called when whoever remembers what is here should look again: see Store */
  watch(call: () => void): void {
    this.#store.look = call
  }

  /** Everything but the operations, which are many. */
  read(): Promise<OutboxContents> {
    return this.#store.run((db) => db.transaction('r', db.identities, db.values, async () => {
      const identities = await db.identities.toArray()
      const keys = identities.map(({ device }) => standingKey(device))
      const [current, offset, ...standings] = await db.values.bulkGet(['current', 'offset', ...keys])
      const known = identities.map(({ device }, index) => [device, standings[index]] as [DeviceId, Standing | undefined])
      const places = current === undefined ? undefined : await db.values.get(placesKey(current as DeviceId))
      return {
        identities,
        places: (places as KeptPlaces | undefined) ?? nothingKept,
        current: current as DeviceId | undefined,
        offset: (offset as number | undefined) ?? 0,
        standings: new Map(known.filter((entry): entry is [DeviceId, Standing] => entry[1] !== undefined)),
      }
    }))
  }

  /** A device's operations with n greater than `after`, in order. */
  operations(device: DeviceId, after = 0, limit = Infinity): Promise<Operation[]> {
    return this.#store.run((db) => {
      const found = db.operations.where('[device+n]').between(...allOf(device, after), true, true)
      return (Number.isFinite(limit) ? found.limit(limit) : found).toArray()
    })
  }

  /** The highest `n` written as this device; 0 for none. */
  lastNumber(device: DeviceId): Promise<number> {
    return this.#store.run((db) => lastOf(db, device))
  }

  /**
   * Writes one operation; resolves when it is on disk. `n` and `at` are taken in the same transaction, so two tabs never
   * take the same number and never leave one out.
   */
  append({ device, operation, now, heard, expected, places }: Append): Promise<AppendResult> {
    let tried: Operation | undefined
    return this.#store.run((db) => db.transaction('rw', db.identities, db.operations, db.values, async (): Promise<AppendResult> => {
      const identity = await db.identities.get(device)
      const [current, clock] = await db.values.bulkGet(['current', 'clock'])
      if (current !== device || !identity || !mayWrite(identity)) return { ok: false, why: 'not-current' }
      const n = await lastOf(db, device) + 1
      // The handle may have died after the commit and before we were told: then it is written already.
      const earlier = tried && await db.operations.get([device, tried.n])
      if (earlier && earlier.at === tried?.at) return { ok: true, operation: earlier }
      if (expected !== undefined && n !== expected) return { ok: false, why: 'behind' }
      if (places !== undefined && places !== await versionOfPlaces(db, device)) return { ok: false, why: 'behind' }
      const at = tick(Math.max((clock as number | undefined) ?? 0, heard), now)
      tried = { device, n, at, ...operation }
      await db.operations.add(tried)
      await db.values.put(at, 'clock')
      return { ok: true, operation: tried }
    }))
  }

  /**
   * The key pair to join with by this invite: the one stored for it, or from now on this. A server knows by the key that a phone asks
   * again because the answer got lost, and does not count a second use.
   */
  keysToJoin(code: string, fresh: CryptoKeyPair): Promise<CryptoKeyPair> {
    return this.#store.run((db) => db.transaction('rw', db.values, async () => {
      const joining = await db.values.get('joining') as { code: string; keys: CryptoKeyPair } | undefined
      if (joining?.code === code) return joining.keys
      await db.values.put({ code, keys: fresh }, 'joining')
      return fresh
    }))
  }

  /** Makes this the phone's identity. A former one stays, so that its operations can still be signed and sent. */
  adopt(identity: KeptIdentity, epoch: string, offset: number): Promise<void> {
    const standing: Standing = { epoch, accepted: 0, proven: 0, root: 0, quarantined: [] }
    return this.#store.run((db) => db.transaction('rw', db.identities, db.values, async () => {
      await db.identities.put(identity)
      await db.values.bulkPut([identity.device, offset, standing], ['current', 'offset', standingKey(identity.device)])
      await db.values.delete('joining')
    }))
  }

  /**
   * Puts back what a page still remembers of a database that was thrown away under it, beside whatever was written or put back since. Nobody may be
   * sure to remember everything (another tab may have written, and sent, one more), so whoever wrote it writes nothing more: a number must never be
   * taken twice. What is put back is stored again, can be sent and exported, and counts as before.
   */
  putBack({ current, offset, places, identities, operations, standings }: Remembered): Promise<void> {
    return this.#store.run((db) => db.transaction('rw', db.identities, db.operations, db.values, async () => {
      await db.identities.bulkPut(identities.map((identity) => ({ ...identity, cleared: true })))
      const there = await db.operations.bulkGet(operations.map(({ device, n }): [DeviceId, number] => [device, n]))
      await db.operations.bulkAdd(operations.filter((_operation, index) => !there[index]))
      for (const [device, standing] of standings) {
        if (!await db.values.get(standingKey(device))) await db.values.put(standing, standingKey(device))
      }
      if (current !== undefined && await db.values.get('current') === undefined) {
        await db.values.bulkPut([current, offset, places], ['current', 'offset', placesKey(current)])
      }
      const clock = operations.reduce((latest, { at }) => Math.max(latest, at), (await db.values.get('clock') as number | undefined) ?? 0)
      await db.values.put(clock, 'clock')
    }))
  }

  mark(device: DeviceId, what: { frozen: true } | { revoked: true }): Promise<void> {
    return this.#store.run(async (db) => { await db.identities.update(device, what) })
  }

  /**
   * Notes what the server acknowledged, and nothing beyond what was brought from here: a copy of this phone may have written other things
   * under the same numbers, and to find out, what was written here must be sent. Within one epoch it never goes back (answers may overtake
   * each other), unless the server itself asked for an earlier one (`gap`).
   * @param brought the last `n` of this device that was sent with the request; 0 for none
   * @returns 'ahead' when the server holds more than was ever written here: this phone is a restored copy of itself. Of what the browser cleared
   * it may well hold more than could be put back.
   */
  acknowledge(device: DeviceId, said: Said, brought: number, how: 'answer' | 'gap' = 'answer'): Promise<'noted' | 'ahead'> {
    return this.#store.run((db) => db.transaction('rw', db.identities, db.operations, db.values, async () => {
      if (said.accepted > await lastOf(db, device) && !(await db.identities.get(device))?.cleared) return 'ahead'
      const before = await db.values.get(standingKey(device)) as Standing | undefined
      const same = how === 'answer' && before?.epoch === said.epoch ? before : undefined
      const proven = Math.max(brought, before?.proven ?? 0)
      const accepted = Math.min(proven, Math.max(said.accepted, same?.accepted ?? 0))
      // Another log has not judged the later ones yet; what one server put aside stays so until this one has.
      const unjudged = before?.quarantined.filter(({ n }) => n > accepted) ?? []
      const judged = said.quarantined.filter(({ n }) => n <= accepted)
      const kept = how === 'gap' ? before?.quarantined ?? [] : [...judged, ...unjudged]
      const root = Math.min(accepted, Math.max(said.root, same?.root ?? 0))
      await db.values.put({ epoch: said.epoch, accepted, proven, root, quarantined: kept } satisfies Standing, standingKey(device))
      return 'noted'
    }))
  }

  /**
   * Replaces what a device keeps of places, one version further.
   * @param expected the `n` that it would write next, as the caller saw it
   * @returns false when something was written, or kept, in between: look again
   */
  keepPlaces(device: DeviceId, places: KeptPlaces, expected: number): Promise<boolean> {
    return this.#store.run((db) => db.transaction('rw', db.operations, db.values, async () => {
      if (await lastOf(db, device) + 1 !== expected || await versionOfPlaces(db, device) + 1 !== places.version) return false
      await db.values.put(places, placesKey(device))
      return true
    }))
  }

  async setOffset(offset: number): Promise<void> {
    await this.#store.run((db) => db.values.put(offset, 'offset'))
  }

  /**
   * Blanks the bodies of operations up to `durable` that `covers` names. What the topmost server has not got keeps its body: nobody else may
   * have it.
   */
  erase(device: DeviceId, durable: number, covers: (operation: Operation) => boolean): Promise<void> {
    return this.#store.run(async (db) => {
      await db.operations.where('[device+n]').between([device, 1], [device, durable], true, true)
        .filter((operation) => operation.body !== null && covers(operation)).modify({ body: null })
    })
  }

  /** Writes, reads back and deletes, with the durability of real records. */
  test(): Promise<boolean> {
    return this.#store.run((db) => db.transaction('rw', db.values, async () => {
      await db.values.put('written', 'test')
      const read = await db.values.get('test')
      await db.values.delete('test')
      return read === 'written'
    }))
  }

  close(): void {
    this.#store.close()
  }
}

async function versionOfPlaces(db: OutboxDatabase, device: DeviceId): Promise<number> {
  const kept = await db.values.get(placesKey(device)) as KeptPlaces | undefined
  return (kept ?? nothingKept).version
}

function mayWrite({ frozen, revoked, cleared }: KeptIdentity): boolean {
  return !frozen && !revoked && !cleared
}

async function lastOf(db: OutboxDatabase, device: DeviceId): Promise<number> {
  const last = await db.operations.where('[device+n]').between(...allOf(device), true, true).last()
  return last?.n ?? 0
}
