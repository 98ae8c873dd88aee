import type { OwnDevice } from '../sync/ownDevice'
import type { FestivalKeys } from '../festival/keys'
import type { Presence } from '../sync/presence'
import type { Snapshots } from '../snapshot/snapshots'
import type { Notifier } from '../sync/notifier'
import type { Sync } from '../sync/sync'
import type { DeviceRecord, Log } from '../log/log'
import type { Hub } from '../hub/hub'
import type { Folded } from '../reports/folded'
import type { PublishedProgramme } from '../reports/published'

/** Everything the routes work with. */
export interface Services {
  version: string
  readonly epoch: string
  /** The festival's id, which batches sign. */
  festival: string
  log: Log
  notifier: Notifier
  sync: Sync
  /** Where there is a server above this one. */
  hub: Hub | undefined
  own: OwnDevice
  presence: Presence
  snapshots: Snapshots
  /** What the festival is: `programme` and `control`. */
  plan: Folded
  /** Everything that reports count. */
  record: Folded
  published: PublishedProgramme
  keys: FestivalKeys
  /** The address given out in links; that of the request where it was not set. */
  publicUrl: string | undefined
  /** Further addresses at which people open the same festival's app. */
  origins: readonly string[]
  /** Folder of the built app; without one only the API is served. */
  app: string | undefined
  now(): number
}

export interface Env {
  Variables: { device: DeviceRecord }
}
