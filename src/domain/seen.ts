import type { DeviceId } from './operation'
import { operationId } from './operation'

/**
 * Which operations were folded. A device numbers what it writes without a gap, so mostly one number a device says it all; what came before
 * its turn, as from another stream, is kept beside it until the gap is closed.
 */
export class Seen {
  private readonly writers = new Map<DeviceId, Writer>()

  of(device: DeviceId): Writer {
    let writer = this.writers.get(device)
    if (!writer) this.writers.set(device, (writer = new Writer(device)))
    return writer
  }

  /** @param id an operation's identity, as `operationId` writes it */
  has(id: string): boolean {
    const colon = id.lastIndexOf(':')
    return this.writers.get(id.slice(0, colon))?.has(Number(id.slice(colon + 1))) ?? false
  }

  /** The identity of each. */
  *[Symbol.iterator](): Iterator<string> {
    for (const { device, upTo, beyond } of this.writers.values()) {
      for (let n = 1; n <= upTo; n++) yield operationId({ device, n })
      for (const n of beyond) yield operationId({ device, n })
    }
  }
}

class Writer {
  /** The same string for all its facts: every message brings a copy of its own. */
  readonly device: DeviceId
  upTo = 0
  readonly beyond = new Set<number>()

  constructor(device: DeviceId) {
    this.device = device
  }

  has(n: number): boolean {
    return n <= this.upTo || this.beyond.has(n)
  }

  /** @returns false when it was there already */
  add(n: number): boolean {
    if (this.has(n)) return false
    if (n !== this.upTo + 1) {
      this.beyond.add(n)
      return true
    }
    this.upTo = n
    while (this.beyond.delete(this.upTo + 1)) this.upTo++
    return true
  }
}
