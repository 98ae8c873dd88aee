import type { DeviceId } from './operation'
import { operationId } from './operation'

/**
 * Which operations were folded. A device numbers what it writes without a gap, so mostly one number a device says it all; what came before
 * its turn, as from another stream, is kept beside it until the gap is closed.
 */
export class Seen {
  private readonly devices = new Map<DeviceId, { upTo: number; beyond: Set<number> }>()

  /** @returns false when it was there already */
  add(device: DeviceId, n: number): boolean {
    let known = this.devices.get(device)
    if (!known) this.devices.set(device, (known = { upTo: 0, beyond: new Set() }))
    if (n <= known.upTo || known.beyond.has(n)) return false
    if (n !== known.upTo + 1) {
      known.beyond.add(n)
      return true
    }
    known.upTo = n
    while (known.beyond.delete(known.upTo + 1)) known.upTo++
    return true
  }

  /** The identity of each. */
  *[Symbol.iterator](): Iterator<string> {
    for (const [device, { upTo, beyond }] of this.devices) {
      for (let n = 1; n <= upTo; n++) yield operationId({ device, n })
      for (const n of beyond) yield operationId({ device, n })
    }
  }
}
