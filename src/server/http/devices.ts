import { Hono } from 'hono'
import * as v from 'valibot'
import type { Quarantined } from '../../protocol/sync'
import type { DeviceRecord } from '../log/log'
import { Refusal } from '../refusal'
import { only, withDevice } from './auth'
import { readJson } from './body'
import type { Env, Services } from './context'
import { passOn } from './passOn'

const revocation = v.optional(v.object({ after: v.nullish(v.pipe(v.number(), v.safeInteger(), v.minValue(0))) }), {})

/** A device as it is listed; moments are ISO 8601. */
function listed({ key: _, joined, heard, known, root, ...device }: DeviceRecord, quarantined: readonly Quarantined[]) {
  return {
    ...device,
    joined: new Date(joined).toISOString(),
    lastHeard: heard === null ? null : new Date(heard).toISOString(),
    /** Operations that somebody has spoken of and that are not here. */
    missing: Math.max(known - Math.max(device.accepted, root), 0),
    quarantined: quarantined.map(({ n, code, detail }) => ({ n, code, detail })),
  }
}

export function deviceRoutes(services: Services) {
  const { log, hub, own, notifier, presence, now } = services

  /** An organiser's whole festival, a lead's own venue; the server's own device is nobody's to manage. */
  const manages = ({ role, venue }: DeviceRecord, other: DeviceRecord) =>
    other.device !== own.device && (role === 'organiser' || (other.venue === venue && other.role !== 'organiser'))

  return new Hono<Env>()
    .use(withDevice(services), only('organiser', 'lead'))
    .get('/', async (c) => {
      await presence.flush()
      const devices = (await log.devices()).filter((device) => manages(c.get('device'), device))
      const quarantined = await log.quarantined(devices.map(({ device }) => device))
      return c.json({ devices: devices.map((device) => listed(device, quarantined.filter((entry) => entry.device === device.device))) })
    })
    .post('/:device/revoke', async (c) => {
      const [device] = await log.devices([c.req.param('device')])
      if (!device || device.device === own.device) throw new Refusal('not-found', 'no such device')
      if (!manages(c.get('device'), device)) throw new Refusal('venue-not-allowed', 'it belongs to another venue')
      const { after: asked } = await readJson(c, revocation)
      const after = asked ?? Math.max(device.accepted, device.root)
      if (hub) return passOn(c, hub, JSON.stringify({ after }))
      // Revoking again is heard only when it reaches further back.
      if (device.revokedAfter === null || after < device.revokedAfter) {
        const body = { device: device.device, after }
        notifier.publish(await log.write((transaction) => own.write(transaction, [{ stream: 'control', kind: 'device.revoke', body }], now())))
      }
      return c.json({ device: device.device, after: Math.min(after, device.revokedAfter ?? after) })
    })
}
