import { measureOffset } from '../domain/clock'
import { syncResponseSchema } from '../protocol/sync'
import type { StorageTest, Trouble } from './api'
import { ask } from './http'
import type { Outbox } from './outbox'
import type { Ports } from './ports'
import { StorageError } from './store'
import type { Keep } from './turn'

/** A person waits for it. */
const clockTimeout = 10_000

/** Writes, reads back and deletes in the outbox, as durably as a check-in. */
export async function testStorage(ports: Ports, outbox: Outbox): Promise<StorageTest> {
  const start = ports.now()
  try {
    const same = await outbox.test()
    return same ? { ok: true, milliseconds: ports.now() - start } : { ok: false, fault: 'storage-failed' }
  } catch (error) {
    if (error instanceof StorageError) return { ok: false, fault: error.fault }
    throw error
  }
}

/** Asks the server what time it is: an exchange of nothing. */
export async function measureClock({ ports, memory, outbox }: Keep): Promise<{ offset: number } | { fault: Trouble }> {
  const body = { v: 1, epoch: null }
  const reply = await ask(ports, { path: '/api/sync', body, token: memory.identity?.token, schema: syncResponseSchema, timeout: clockTimeout })
  if (!reply.ok) return { fault: reply.trouble }
  const offset = measureOffset(reply.sentAt, reply.value.now, reply.receivedAt)
  try {
    await outbox.setOffset(offset)
    await memory.refresh()
  } catch (error) {
    if (error instanceof StorageError) return { fault: error.fault }
    throw error
  }
  return { offset }
}
