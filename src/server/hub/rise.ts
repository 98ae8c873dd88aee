import type { DeviceId } from '../../domain/operation'
import type { Transaction } from '../log/log'
import { eraseForgotten } from '../sync/erase'

/** Upstream has everything of this device up to `n`: what had to wait for that before it could be blanked is blanked now. */
export async function rise(transaction: Transaction, device: DeviceId, n: number): Promise<void> {
  const [record] = await transaction.devices([device])
  if (!record || record.root >= n) return
  await transaction.hub.raiseRoot(device, n)
  for (const [stream, tickets] of await transaction.hub.peopleOf(device, record.root, n)) {
    await eraseForgotten(transaction, stream, tickets, 'relayed')
  }
}
