import { parseStream } from '../domain/stream'
import packageJson from '../../package.json'
import { readFestivalKeys, readPrivateKey } from './festival/keys'
import type { Services } from './http/context'
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

/** Puts together what serves a log that a festival was set up in. */
export async function servicesOf(
  log: Log, { publicUrl, app, now }: Pick<Services, 'publicUrl' | 'app' | 'now'>, rules: SnapshotRules = snapshotRules,
): Promise<Services> {
  const need = async (name: MetaName) => {
    const value = await log.meta(name)
    if (value === undefined) throw new Error(`the log has no ${name}`)
    return value
  }
  const [epoch, festival, device] = [await need('epoch'), await need('festival'), await need('device')]
  const notifier = log.wire ? new SharedNotifier(log, log.wire) : new LocalNotifier()
  const plan = new Folded(log, (stream) => planned.has(stream))
  const record = new Folded(log, (stream) => counted.has(parseStream(stream)?.class ?? ''))
  const own = new OwnDevice(device, await readPrivateKey(await need('deviceKey')), festival)
  const leases = new Leases({ log, notifier, own, plan, record, now })
  return {
    version: packageJson.version,
    epoch,
    festival,
    log,
    notifier,
    sync: new Sync({ log, notifier, verifier: new Verifier(festival), leases, epoch, now }),
    own,
    presence: new Presence(log),
    snapshots: new Snapshots(log, rules),
    plan,
    record,
    published: new PublishedProgramme(plan, epoch),
    keys: await readFestivalKeys(await need('ticketKey')),
    publicUrl,
    app,
    now,
  }
}
