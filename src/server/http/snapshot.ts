import { Hono } from 'hono'
import { grantsOf } from '../../domain/role'
import { grantCovers } from '../../domain/stream'
import type { DeviceRecord } from '../log/log'
import { Refusal } from '../refusal'
import { withDevice } from './auth'
import type { Env, Services } from './context'

/** Which streams have a snapshot, what it is made of, and its pages; for whoever may read the stream. */
export function snapshotRoutes(services: Services) {
  const { snapshots } = services
  const checkEpoch = (asked: string) => {
    const { epoch } = services
    if (asked !== epoch) throw new Refusal('epoch', 'this log has another epoch', { epoch })
  }
  const checkAsked = (asked: { epoch: string; stream: string }, device: DeviceRecord) => {
    checkEpoch(asked.epoch)
    const { stream } = asked
    if (readOf(device).some((grant) => grantCovers(grant, stream))) return
    throw new Refusal('stream-not-granted', `${device.role} may not read ${stream}`, { stream })
  }
  return new Hono<Env>()
    .use(withDevice(services))
    .get('/:epoch', async (c) => {
      checkEpoch(c.req.param('epoch'))
      return c.json({ streams: await snapshots.list(readOf(c.get('device'))) })
    })
    .get('/:epoch/:stream', async (c) => {
      checkAsked(c.req.param(), c.get('device'))
      return c.json(await snapshots.current(c.req.param('stream')))
    })
    .get('/:epoch/:stream/:page', async (c) => {
      checkAsked(c.req.param(), c.get('device'))
      const bytes = await snapshots.page(c.req.param('stream'), c.req.param('page'))
      if (!bytes) throw new Refusal('not-found', 'this page is of no snapshot any more; ask for the snapshot again')
      c.header('Content-Type', 'application/octet-stream')
      // Packed already, and hashed as it is: nobody on the way may unpack it or pack it again.
      c.header('Cache-Control', 'private, max-age=31536000, immutable, no-transform')
      return c.body(new Uint8Array(bytes))
    })
}

function readOf({ role, venue }: DeviceRecord): string[] {
  return grantsOf(role, venue ?? undefined).read
}
