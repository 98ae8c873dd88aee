import { randomUUID } from 'node:crypto'
import type { Transaction } from '../log/log'

/**
 * The epoch of this server's log. A hub takes another when upstream was set back, or when it has to hear something again that it had
 * acknowledged: within one epoch phones believe the most that they were told.
 */
export class Epoch {
  current: string

  constructor(current: string) {
    this.current = current
  }

  /** In the transaction that makes it necessary; it counts once that is committed and `current` is set to it. */
  async renew(transaction: Transaction): Promise<string> {
    const next = randomUUID()
    await transaction.setMeta('epoch', next)
    return next
  }
}
