import type { Role } from '../../src/domain/role'
import { makeInvite } from '../../src/server/access/invites'
import type { Services } from '../../src/server/http/context'
import { networkFetch } from '../../src/server/hub/hub'
import { joinUpstream } from '../../src/server/hub/setUp'
import type { Fetch } from '../../src/server/hub/upstream'
import type { Listening } from '../../src/server/listen'
import { listen } from '../../src/server/listen'
import { servicesOf } from '../../src/server/services'
import type { TestEngine } from './engines'
import type { TestServer } from './testServer'

export interface TestHub {
  readonly origin: string
  readonly services: Services
  /** Whether it reaches the city. */
  connected: boolean
  /** It hears nothing more from the city, and goes on serving the park. */
  stop(): Promise<void>
  /** Again, with what it has stored. */
  start(): Promise<void>
  /** Stopped, and its log is gone. */
  dispose(): Promise<void>
}

/** A real hub on a free port, under a real city. */
export async function startTestHub(city: TestServer, engine: TestEngine, role: Role = 'lead', venue = 'v-main'): Promise<TestHub> {
  const { log, dispose } = await engine.open()
  const { now } = city.services
  const fetch: Fetch = (url, init) => hub.connected ? networkFetch(url, init) : Promise.reject(new TypeError('no network'))
  const code = await makeInvite(city.services.log, { role, venue: role === 'organiser' ? undefined : venue, label: '', uses: 1, expires: now() + 60_000 })
  await joinUpstream(log, { upstream: city.origin, code, name: 'hub' }, networkFetch, now())
  let services: Services
  let listening: Listening
  const hub = {
    get origin() { return `http://127.0.0.1:${listening.port}` },
    get services() { return services },
    connected: true,
    stop: () => listening.close(),
    async start() {
      services = await servicesOf(log, { publicUrl: undefined, app: undefined, now, fetch, say: () => {} })
      listening = await listen(services, 0, '127.0.0.1')
    },
    async dispose() {
      await listening.close()
      await dispose()
    },
  }
  await hub.start()
  return hub
}
