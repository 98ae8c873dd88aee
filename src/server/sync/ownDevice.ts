import { tick } from '../../domain/clock'
import type { DeviceId, StreamName, WrittenOperation } from '../../domain/operation'
import { signBatch } from '../../protocol/batch'
import { maxOperations } from '../../protocol/limits'
import type { Transaction } from '../log/log'
import { accept } from './accept'
import { checkedOperation } from './verify'

/** What the server says itself: the sample festival, revocations. */
export type Saying = Omit<WrittenOperation, 'at'>

/**
 * The topmost server's own device; a hub writes nothing. What it writes goes the way of everybody's operations, numbered and signed, so that a hub can pass it on.
 */
export class OwnDevice {
  readonly device: DeviceId
  private readonly key: CryptoKey
  private readonly festival: string
  private clock = 0

  constructor(device: DeviceId, key: CryptoKey, festival: string) {
    this.device = device
    this.key = key
    this.festival = festival
  }

  /**
   * Writes in the transaction given. Its `n` is taken while its row is held, so that two processes on one database can't take the same.
   * @param now milliseconds
   * @returns the streams that grew
   */
  async write(transaction: Transaction, sayings: readonly Saying[], now: number): Promise<Set<StreamName>> {
    const grown = new Set<StreamName>()
    for (let start = 0; start < sayings.length; start += maxOperations) {
      const own = (await transaction.lockDevices([this.device])).get(this.device)
      const ops = sayings.slice(start, start + maxOperations).map((saying): WrittenOperation => {
        this.clock = tick(this.clock, now)
        return { at: this.clock, ...saying }
      })
      const { device, from, sig } = await signBatch(this.key, this.festival, { device: this.device, from: (own?.accepted ?? 0) + 1, ops })
      for (const stream of await accept(transaction, [{ device, from, sig, ops: ops.map(checkedOperation) }], now, 'topmost')) grown.add(stream)
    }
    return grown
  }
}
