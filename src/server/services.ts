import { parseStream } from '../domain/stream'
import type { JoinResponse } from '../protocol/join'
import packageJson from '../../package.json'
import type { FestivalKeys } from './festival/keys'
import { readFestivalKeys, readPrivateKey } from './festival/keys'
import type { Services } from './http/context'
import { Epoch } from './hub/epoch'
import { Hub, networkFetch } from './hub/hub'
import type { Fetch } from './hub/upstream'
import type { Log, MetaName } from './log/log'
import { Folded } from './reports/folded'
import { PublishedProgramme } from './reports/published'
import { Leases } from './sync/leases'
import { LocalNotifier } from './sync/notifier'
import { SharedNotifier } from './sync/sharedNotifier'
import { OwnDevice } from './sync/ownDevice'
import { Presence } from './sync/presence'
import { snapshotRules, Snapshots, type SnapshotRules } from './snapshot/snapshots'
import { Sync } from './sync/sync'
import { Verifier } from './sync/verify'

const planned = new Set(['programme', 'control'])
/** What visitors write is sealed; no report reads it. */
const counted = new Set(['programme', 'control', 'roster', 'floor'])

interface Surroundings extends Pick<Services, 'publicUrl' | 'app' | 'now'>, Partial<Pick<Services, 'origins'>> {
  /** How a hub reaches the city's server. */
  fetch?: Fetch
  random?: () => number
  /** Where a hub says that the city is lost, or found again. */
  say?: (line: string) => void
}

/** Puts together what serves a log that a festival was set up in, or that was made a hub's. */
export async function servicesOf(
  log: Log, { publicUrl, app, now, origins = [], fetch = networkFetch, random = Math.random, say = console.error }: Surroundings,
  rules: SnapshotRules = snapshotRules,
): Promise<Services> {
  const need = async (name: MetaName) => {
    const value = await log.meta(name)
    if (value === undefined) throw new Error(`the log has no ${name}`)
    return value
  }
  const epoch = new Epoch(await need('epoch'))
  const [festival, device, upstream] = [await need('festival'), await need('device'), await log.meta('upstream')]
  const notifier = log.wire ? new SharedNotifier(log, log.wire) : new LocalNotifier()
  const plan = new Folded(log, (stream) => planned.has(stream))
  const record = new Folded(log, (stream) => counted.has(parseStream(stream)?.class ?? ''))
  const own = new OwnDevice(device, await readPrivateKey(await need('deviceKey')), festival)
  const leases = new Leases({ log, notifier, own, plan, record, now })
  const hub = upstream === undefined ? undefined : await hubOf(upstream)

  async function hubOf(origin: string): Promise<Hub> {
    const [own] = await log.devices([device])
    if (!own) throw new Error('the log has no device of its own')
    const { role, venue } = own
    const token = await need('upstreamToken')
    return new Hub({ log, notifier, plan, epoch, origin, token, role, venue: venue ?? undefined, fetch, now, random, say })
  }

  return {
    version: packageJson.version,
    get epoch() { return epoch.current },
    festival,
    log,
    notifier,
    hub,
    sync: new Sync({ log, notifier, verifier: new Verifier(festival), leases, hub, epoch: () => epoch.current, now }),
    own,
    presence: new Presence(log),
    snapshots: new Snapshots(log, rules),
    plan,
    record,
    published: new PublishedProgramme(plan, () => epoch.current),
    keys: hub ? publicKeys(await need('ticketKeys')) : await readFestivalKeys(await need('ticketKey')),
    publicUrl,
    origins: upstream === undefined ? origins : [...origins, new URL(upstream).origin],
    app,
    now,
  }
}

function publicKeys(text: string): FestivalKeys {
  return { public: JSON.parse(text) as JoinResponse['ticketKeys'] }
}
