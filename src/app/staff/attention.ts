import type { Identity, StorageFault, SyncStatus } from '../../device'

/** What asks something of the person who holds this phone. Being offline, or a server that is down, never does. */
export type Attention =
  | 'revoked' | 'frozen' | 'cleared' | 'rejoin' | 'update'
  | StorageFault
  | 'picture' | 'full'
  | 'quarantined' | 'undeliverable'

const byTrouble: Partial<Record<NonNullable<SyncStatus['trouble']>, Attention>> = {
  'device-revoked': 'revoked',
  fork: 'frozen',
  'no-token': 'rejoin',
  'unknown-token': 'rejoin',
  'unknown-device': 'rejoin',
  'unknown-version': 'update',
  'storage-full': 'storage-full',
  'storage-refused': 'storage-refused',
  'storage-failed': 'storage-failed',
  'storage-blocked': 'storage-blocked',
  'storage-newer': 'storage-newer',
}

/** The most urgent of them, if any. */
export function attentionFor(identity: Identity | undefined, status: SyncStatus | undefined): Attention | undefined {
  if (identity?.revoked) return 'revoked'
  if (identity?.frozen) return 'frozen'
  if (identity?.cleared) return 'cleared'
  if (!status) return undefined
  if (status.storageFault) return status.storageFault
  const trouble = status.trouble && byTrouble[status.trouble]
  if (trouble) return trouble
  if (status.pictureFault) return pictureAttention(status.pictureFault)
  if (status.full) return 'full'
  if (status.quarantined.length > 0) return 'quarantined'
  return status.undeliverable > 0 ? 'undeliverable' : undefined
}

/** Two of its reasons are another page's doing, and a person can end them. */
function pictureAttention(fault: StorageFault): Attention {
  return fault === 'storage-newer' || fault === 'storage-blocked' ? fault : 'picture'
}
