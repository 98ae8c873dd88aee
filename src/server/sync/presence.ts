import type { DeviceId } from '../../domain/operation'
import type { Log } from '../log/log'

interface Heard {
  at: number
  clockOffset: number | undefined
}

/**
 * When each device was last heard, and how its clock stands. Two hundred waiting phones ask twice a second between them, so this is
 * gathered in memory and written now and then; what a crash loses is two seconds of it.
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
    const clockOffset = clock === undefined ? this.heard.get(device)?.clockOffset : Math.round(now - clock)
    this.heard.set(device, { at: now, clockOffset })
  }

  async flush(): Promise<void> {
    if (this.heard.size === 0) return
    const heard = this.heard
    this.heard = new Map()
    await this.log.write(async (transaction) => {
      for (const [device, { at, clockOffset }] of heard) await transaction.noteHeard(device, at, clockOffset)
    })
  }
}
