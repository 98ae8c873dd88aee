/** The device's front door for staff screens: `const device = await openDevice()`. Residents' screens enter by resident.ts. */
import type { Device } from './api'
import { openDevice as open } from './device'
import type { Ports } from './ports'

/**
 * With the dictionary that names are searched by. It is named here and nowhere deeper, so that the service worker, which is one file, is not
 * made of it.
 */
export const openDevice = (given: Partial<Ports> = {}): Promise<Device> =>
  open({ readings: async () => (await import('./pinyin')).readings, ...given })

export { browserPorts, type Ports, type StorageRoom } from './ports'
export { StorageError, type StorageFault } from './store'
export type {
  CarriedAside, Change, Device, DownloadProgress, HandOverOutcome, Identity, JoinOutcome, JoinStep, Outcome, Phase, ReceiveOutcome, RecentCheckIn,
  RecordFault, RecordOutcome, ScanResult, ScanVerdict, StorageTest, SyncStatus, Trouble,
} from './api'
