import { Hono } from 'hono'
import * as v from 'valibot'
import { syncRequestSchema } from '../../protocol/sync'
import { Refusal } from '../refusal'
import { writeAnswer } from '../sync/answer'
import { withDevice } from './auth'
import { answerJson, readJson } from './body'
import type { Env, Services } from './context'

/** Which version a request speaks is read first: another one may look quite different. */
const versioned = v.looseObject({ v: v.number() })

export function syncRoutes(services: Services) {
  const { sync, presence, now } = services
  return new Hono<Env>().post('/', withDevice(services), async (c) => {
    const device = c.get('device')
    const received = now()
    const body = await readJson(c, versioned)
    if (body.v !== 1) throw new Refusal('unknown-version', `version ${body.v}; this server speaks 1`)
    const request = v.safeParse(syncRequestSchema, body)
    if (!request.success) {
      const [issue] = request.issues
      throw new Refusal('malformed-request', `${v.getDotPath(issue) ?? 'body'}: expected ${issue.expected ?? 'another value'}`)
    }
    presence.note(device.device, received, request.output.clock)
    return answerJson(c, writeAnswer(await sync.exchange(device, request.output, c.req.raw.signal)))
  })
}
