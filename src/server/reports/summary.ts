import { addDays, startOfLocalDay } from '../../domain/localTime'
import type { Axis, Summary } from '../../domain/measures'
import { summarise } from '../../domain/measures'
import type { DeviceRecord } from '../log/log'
import type { Folded } from './folded'

/** A live phone asks at least every 25 s; one not heard for longer than this may be writing somewhere without a network. */
const quietAfter = 2 * 60_000

export interface Waiting {
  device: string
  name: string
  lastHeard: string | null
  /** Operations of it that somebody has spoken of and that are not here; there may be more. */
  atLeast?: number
}

export interface Report extends Summary {
  /** ISO 8601. */
  asOf: string
  waiting: Waiting[]
}

export interface ReportRequest {
  by: Axis
  venue?: string
  /** Local date or instant; a date as `to` is the last day that counts. */
  from?: string
  to?: string
}

/** Works out a report from everything recorded so far. */
export async function report(record: Folded, devices: readonly DeviceRecord[], { by, venue, from, to }: ReportRequest, now: number): Promise<Report> {
  await record.refresh()
  const programme = record.programme()
  const timeZone = programme.festival?.timeZone ?? 'UTC'
  const summary = summarise(record.state, programme, { by, venue, from: startOf(from, timeZone), to: endOf(to, timeZone) })
  return { asOf: new Date(now).toISOString(), ...summary, waiting: waitingOf(devices, venue, now) }
}

/** `2023-05-20`, a day of the festival's time zone. */
const localDate = /^\d{4}-\d\d-\d\d$/

function startOf(text: string | undefined, timeZone: string): number | undefined {
  if (text === undefined) return undefined
  return localDate.test(text) ? startOfLocalDay(text, timeZone) : Date.parse(text)
}

function endOf(text: string | undefined, timeZone: string): number | undefined {
  if (text === undefined) return undefined
  return localDate.test(text) ? startOfLocalDay(addDays(text, 1), timeZone) : Date.parse(text)
}

/** Devices that may still hold records for this venue: known to, or not heard for a while. Those of the server itself never join. */
function waitingOf(devices: readonly DeviceRecord[], venue: string | undefined, now: number): Waiting[] {
  return devices
    .filter((device) => device.revokedAfter === null && (venue === undefined || device.venue === null || device.venue === venue))
    .map((device) => ({ ...device, held: Math.max(device.accepted, device.root) }))
    .filter(({ known, held, heard, joined }) => known > held || now - (heard ?? joined) > quietAfter)
    .map(({ device, name, heard, known, held }) => ({
      device, name, lastHeard: heard === null ? null : new Date(heard).toISOString(), ...(known > held && { atLeast: known - held }),
    }))
}
