import { measureOffset } from '../domain/clock'
import { readCrockford } from '../protocol/crockford'
import { joinResponseSchema } from '../protocol/join'
import { exportPublicKey, makeKeyPair } from '../protocol/signature'
import type { JoinOutcome, JoinStep } from './api'
import { ask } from './http'
import { testStorage } from './self-test'
import { StorageError } from './store'
import type { Keep } from './turn'

/** A person waits for it, so not as long as a sync may take. */
const joinTimeout = 20_000

/** What was typed or pasted: the code itself or the whole link `{origin}/join#CODE`. */
function codeIn(text: string): string {
  const typed = text.slice(text.lastIndexOf('#') + 1)
  return readCrockford(typed) ?? typed
}

/**
 * Joins with an invite. Storage is tried first, because a server counts a use of the invite as soon as it is asked. A phone
 * that has joined before becomes a new device: the former identity, its key and its operations stay, so that what it had
 * not sent is still signed by it and carried by the new one (couriers, docs/protocol.md).
 */
export async function join(
  { ports, outbox, replica, memory }: Keep,
  code: string, name: string, onProgress: (step: JoinStep) => void,
): Promise<JoinOutcome> {
  try {
    onProgress('storage')
    const storage = await testStorage(ports, outbox)
    if (!storage.ok) return { ok: false, code: storage.fault }
    onProgress('key')
    const wanted = codeIn(code)
    const keys = await outbox.keysToJoin(wanted, await makeKeyPair(false))
    onProgress('server')
    const body = { code: wanted, name, key: await exportPublicKey(keys.publicKey) }
    const reply = await ask(ports, { path: '/api/join', body, schema: joinResponseSchema, timeout: joinTimeout })
    if (!reply.ok) return { ok: false, code: reply.trouble }
    const { epoch, now, venue, ...granted } = reply.value
    const identity = { ...granted, venue: venue ?? undefined, name, keys, joinedAt: now }
    // What came of another festival is none of this one's; of which it came, only an identity would tell, and the browser may have thrown that away.
    if (memory.identity?.festival.id !== identity.festival.id) await replica.keepOnly([])
    await outbox.adopt(identity, epoch, measureOffset(reply.sentAt, now, reply.receivedAt))
    await replica.look({ epoch, device: identity.device })
    await memory.refresh()
    onProgress('saved')
    return { ok: true }
  } catch (error) {
    if (error instanceof StorageError) return { ok: false, code: error.fault }
    throw error
  }
}
