import type { DeviceId } from '../../domain/operation'
import type { Log } from '../log/log'
import { LogBusy } from '../log/log'

interface Heard {
  at: number
  clockOffset: number | undefined
}

/**
 * When each device was last heard, and how its clock stands. Two hundred waiting phones ask twice a second between them, so this is
 * gathered in memory and written now and then; what a crash loses is two seconds of it, and what can't be written now is let go.
 */
export class Presence {
  private readonly log: Log
  private heard = new Map<DeviceId, Heard>()

  constructor(log: Log) {
    this.log = log
  }

  /**
   * @param now the server's clock, in milliseconds
   * @param clock the device's own, where it said so
   */
  note(device: DeviceId, now: number, clock: number | undefined): void {
    const offset = clock === undefined ? undefined : Math.round(now - clock)
    const clockOffset = Number.isSafeInteger(offset) ? offset : this.heard.get(device)?.clockOffset
    this.heard.set(device, { at: now, clockOffset })
  }

  async flush(): Promise<void> {
    if (this.heard.size === 0) return
    // In one order, so that no two processes wait for each other's rows.
    const heard = [...this.heard].sort(([a], [b]) => a < b ? -1 : 1)
    this.heard = new Map()
    try {
      await this.log.write(async (transaction) => {
        for (const [device, { at, clockOffset }] of heard) await transaction.noteHeard(device, at, clockOffset)
      })
    } catch (error) {
      if (!(error instanceof LogBusy)) throw error
    }
  }
}
