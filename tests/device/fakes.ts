import type { Channel, Locks } from '../../src/device/ports'
import type { SyncRequest } from '../../src/protocol/sync'

interface Timer {
  at: number
  call(): void
}

/** Timers that go off when the test says so. */
export function makeTimers() {
  const timers = new Set<Timer>()
  return {
    set(at: number, call: () => void): () => void {
      const timer = { at, call }
      timers.add(timer)
      return () => { timers.delete(timer) }
    },
    /** Takes out the first that is due. */
    next(until: number): Timer | undefined {
      const [first] = [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)
      if (first) timers.delete(first)
      return first
    },
  }
}

/** What a phone sent, unpacked. */
export async function sentIn(request: Request): Promise<SyncRequest> {
  const { body, headers } = request.clone()
  const packed = headers.get('content-encoding') === 'gzip'
  return await new Response(packed ? body?.pipeThrough(new DecompressionStream('gzip')) : body).json() as SyncRequest
}

/** Waits for what happens by itself: databases and the server take their turns of the event loop. */
export async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2_000; turn++) {
    if (holds()) return
    await new Promise((resolve) => { setTimeout(resolve, 1) })
  }
  throw new Error(`never: ${holds}`)
}

/** The channels of one phone: each tab hears the others. */
export function makeChannels(): (name: string) => Channel {
  const open = new Set<{ name: string; listener?: (message: string) => void }>()
  return (name) => {
    const end: { name: string; listener?: (message: string) => void } = { name }
    open.add(end)
    return {
      post(message) {
        for (const other of open) if (other !== end && other.name === name) queueMicrotask(() => other.listener?.(message))
      },
      listen(listener) { end.listener = listener },
      close() { open.delete(end) },
    }
  }
}

/** The Web Locks of one phone, as far as they are used. */
export function makeLocks(): Locks {
  const line = new Map<string, Promise<unknown>>()
  return {
    async request<T>(name: string, { signal }: { signal?: AbortSignal }, hold: () => Promise<T>): Promise<T> {
      const before = line.get(name) ?? Promise.resolve()
      const turn = before.then(() => {
        if (signal?.aborted) throw new DOMException('aborted', 'AbortError')
        return hold()
      })
      line.set(name, turn.catch(() => {}))
      return turn
    },
  }
}

/** A database is thrown away while pages have it open: a person clears the site's data, or another page does. */
export function deleteDatabase(storage: IDBFactory, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = storage.deleteDatabase(name)
    request.onsuccess = () => resolve()
    request.onerror = () => reject(request.error ?? new Error(name))
  })
}

/** What a newer version of the app does to a database when it opens it first. */
export function upgradeDatabase(storage: IDBFactory, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = storage.open(name, 1_000)
    request.onsuccess = () => {
      request.result.close()
      resolve()
    }
    request.onerror = () => reject(request.error ?? new Error(name))
  })
}
