import type { StorageRoom } from '../../device'
import type { Say } from '../messages/say'

const megabyte = 1024 * 1024
/** A shift of 500 check-ins takes half a megabyte, a roster of 100,000 about 20; below this it may run out half-way. */
const low = 50 * megabyte

export function freeOf({ used, quota }: StorageRoom): number {
  return Math.max(0, quota - used)
}

export function isLow(room: StorageRoom): boolean {
  return freeOf(room) < low
}

/** `38 MB`, `1.2 GB` */
export function sizeInWords(say: Say, bytes: number): string {
  const megabytes = bytes / megabyte
  return megabytes < 1024
    ? say('staff.size.megabytes', { n: Math.floor(megabytes) })
    : say('staff.size.gigabytes', { n: (megabytes / 1024).toFixed(1) })
}
