import type { Booth, ServiceKind } from '../../../domain/entities'
import { millisecondsOf } from '../../../domain/clock'
import { localDay, startOfLocalDay } from '../../../domain/localTime'
import type { DeviceId } from '../../../domain/operation'
import type { Programme } from '../../../domain/programme'
import { counts } from '../../../domain/standing'
import type { ServiceRecord, State } from '../../../domain/state'

/** What a booth gives, in the order the organiser wrote it. */
export function servicesAt(programme: Programme, booth: Booth): ServiceKind[] {
  return booth.services.flatMap((id) => programme.services.filter((service) => service.id === id))
}

/** 服务量 of each service at a booth since the present local day began; units of different services are never summed. */
export function givenToday(state: State, booth: string, now: number, timeZone: string): Map<string, number> {
  const since = startOfLocalDay(localDay(now, timeZone), timeZone)
  const given = new Map<string, number>()
  for (const record of state.services.get(booth) ?? []) {
    if (millisecondsOf(record.source.at) < since || !counts(state, record)) continue
    given.set(record.service, (given.get(record.service) ?? 0) + record.count)
  }
  return given
}

/** The latest records that this phone wrote at a booth and that count, newest first. */
export function recentRecords(state: State, booth: string, device: DeviceId, limit: number): ServiceRecord[] {
  return (state.services.get(booth) ?? [])
    .filter((record) => record.source.device === device && counts(state, record))
    .sort((a, b) => b.source.n - a.source.n)
    .slice(0, limit)
}
