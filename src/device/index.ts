/** The device's front door for staff screens: `const device = await openDevice()`. Residents' screens enter by resident.ts. */
export { openDevice } from './device'
export { browserPorts, type Ports } from './ports'
export { StorageError, type StorageFault } from './store'
export type {
  Change, Device, DownloadProgress, Identity, JoinOutcome, JoinStep, Outcome, Phase, RecentCheckIn, RecordFault, RecordOutcome,
  ScanResult, ScanVerdict, StorageTest, SyncStatus, Trouble,
} from './api'
