import type { Identity, SyncStatus } from '../../device'

/** What asks something of the person who holds this phone. Being offline, or a server that is down, never does. */
export type Attention =
  | 'revoked' | 'frozen' | 'rejoin' | 'update'
  | 'storage-full' | 'storage-refused' | 'storage-failed'
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
}

/** The most urgent of them, if any. */
export function attentionFor(identity: Identity | undefined, status: SyncStatus | undefined): Attention | undefined {
  if (identity?.revoked) return 'revoked'
  if (identity?.frozen) return 'frozen'
  if (!status) return undefined
  const trouble = status.trouble && byTrouble[status.trouble]
  if (trouble) return trouble
  if (status.quarantined.length > 0) return 'quarantined'
  return status.undeliverable > 0 ? 'undeliverable' : undefined
}
