import type { SyncStatus } from './api'
import { openDevice } from './device'
import { browserPorts, type Locks, type Ports } from './ports'
import { lockName } from './sync'

export { backgroundTag } from './background-sync'
export { formerBuild } from './ports'

/** A page that leads sends what waits at once; one that the phone has frozen holds the lock and does nothing. In milliseconds. */
const patience = 5_000

/**
 * What the service worker does when the browser calls it (Background Sync): one round of the same engine under the same lock.
 * @throws Error when something still waits, so that the browser calls again later
 */
export async function sendWhatWaits(given: Partial<Ports> = {}): Promise<void> {
  const ports = { ...browserPorts(), ...given }
  const device = await openDevice(ports)
  try {
    const waits = () => waitingIn(device.status())
    if (waits() === 0) return
    await underLock(ports, async () => { if (waits() > 0) await device.syncNow() })
    if (waits() > 0) throw new Error(`${waits()} operations still wait: ${device.status().trouble}`)
  } finally {
    device.close()
  }
}

/** Operations that a server can be expected to take now: own ones, and what is carried. */
function waitingIn({ waiting, undeliverable, carried, carriedAside }: SyncStatus): number {
  return waiting - undeliverable + Math.max(0, carried - carriedAside.reduce((sum, { operations }) => sum + operations, 0))
}

/** Waits a little for the lock, then goes without: two that send at once are harmless. */
async function underLock({ locks, after }: { locks?: Locks } & Pick<Ports, 'after'>, work: () => Promise<void>): Promise<void> {
  if (!locks) return work()
  const cut = new AbortController()
  const cancel = after(patience, () => cut.abort())
  let had = false
  try {
    await locks.request(lockName, { signal: cut.signal }, () => {
      had = true
      cancel()
      return work()
    })
  } catch (error) {
    cancel()
    if (had) throw error
    await work()
  }
}
