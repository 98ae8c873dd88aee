import { StorageSerializers, useStorage } from '@vueuse/core'

/** The least that tells of a phone whose records the browser has cleared: who it was, and how much of it the server had not acknowledged. */
export interface Trace {
  device: string
  name: string
  waiting: number
  /** Corrected time, milliseconds. */
  at: number
  timeZone: string
}

/**
 * Kept in localStorage on purpose: browsers that make room throw databases and caches away and leave that. It is no copy of anything and
 * nothing is worked out from it; all that comes of it is a sentence. null: this phone never joined.
 */
export function useTrace() {
  return useStorage<Trace | null>('linli-trace', null, undefined, { writeDefaults: false, serializer: StorageSerializers.object })
}
