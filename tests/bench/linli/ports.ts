import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { browserPorts, type Ports } from '../../../src/device'
import { makeChannels, makeLocks } from '../../device/fakes'

/** Scans of a busy gate: one in six seconds. */
const betweenScans = 6_000

/** A phone of Node's: everything is real but its database, which is in memory, and its clock while it scans. */
export interface NodePorts extends Ports {
  /** Puts the clock back far enough for so many scans; each `scan` then moves it on, up to the present. */
  shiftBegins(scans: number): void
  scan(): void
}

/** @param server asked anew at each request, so that a phone may be led over another network */
export function nodePorts(server: { origin: string }): NodePorts {
  let behind = 0
  return {
    ...browserPorts(),
    now: () => Date.now() - behind,
    fetch: (path, init) => fetch(`${server.origin}${path}`, init),
    indexedDB: new IDBFactory(),
    IDBKeyRange,
    locks: makeLocks(),
    channel: makeChannels(),
    page: { visible: () => true, watch: () => () => {} },
    persist: async () => true,
    report: (error) => { throw error },
    registerBackgroundSync: async () => {},
    shiftBegins: (scans) => { behind = scans * betweenScans },
    scan: () => { behind = Math.max(0, behind - betweenScans) },
  }
}
