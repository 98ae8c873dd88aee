import { openDevice, type Device } from '../../../src/device'
import { digestOf } from '../../../src/domain/digest'
import { canonicalHash } from '../../../src/protocol/canonical'
import { nodePorts, type NodePorts } from './ports'
import { checkInBody } from './scans'
import { floor } from './server'

/** A whole phone: the engine that runs in the browser, as it is. */
export class BenchPhone {
  readonly device: Device
  readonly #ports: NodePorts
  #own = 0

  private constructor(device: Device, ports: NodePorts) {
    this.device = device
    this.#ports = ports
  }

  static async join(server: { origin: string }, invite: string, name: string): Promise<BenchPhone> {
    const ports = nodePorts(server)
    const device = await openDevice(ports)
    const joined = await device.join(invite, name)
    const downloaded = joined.ok ? await device.download() : joined
    if (!downloaded.ok) throw new Error(`joining: ${downloaded.code}`)
    return new BenchPhone(device, ports)
  }

  /** Scans without a network. */
  async scan(count: number): Promise<void> {
    this.#own = count
    this.#ports.shiftBegins(count)
    for (let n = 0; n < count; n++) {
      this.#ports.scan()
      const written = await this.device.record(floor, 'checkin', checkInBody(n))
      if (!written.ok) throw new Error(`scanning: ${written.fault}`)
    }
  }

  /** Goes online. Resolves with the moment when it holds what everybody wrote, and the server what it wrote. */
  sync(total: number): Promise<number> {
    const { device } = this
    const target = device.state().version + total - this.#own
    return new Promise((resolve) => {
      const stop = device.subscribe(() => {
        if (device.state().version < target || device.status().waiting > 0) return
        stop()
        resolve(Date.now())
      })
      device.startSync()
    })
  }

  digest(): Promise<string> {
    return canonicalHash(digestOf(this.device.state()))
  }
}
