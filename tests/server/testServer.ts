import { performance } from 'node:perf_hooks'
import type { Role } from '../../src/domain/role'
import { makeInvite } from '../../src/server/access/invites'
import { setUpSample } from '../../src/server/festival/setUp'
import type { Services } from '../../src/server/http/context'
import { listen } from '../../src/server/listen'
import { servicesOf } from '../../src/server/services'
import { snapshotRules, type SnapshotRules } from '../../src/server/snapshot/snapshots'
import type { TestEngine } from './engines'
import { Phone } from './phone'

/** 10:00 in Beijing on the festival's first day; the server's clock starts here and runs. */
export const start = Date.parse('2023-05-20T10:00:00+08:00')

export interface TestServer {
  origin: string
  services: Services
  /** A phone that has joined; a volunteer at `v-main` where nothing else is said. */
  phone(role?: Role, venue?: string): Promise<Phone>
  /** Phones of these roles at a venue that nobody else uses. */
  crew<const Roles extends readonly Role[]>(...roles: Roles): Promise<{ [K in keyof Roles]: Phone }>
  /** A venue that no test has used yet. */
  venue(): string
  stop(): Promise<void>
}

/** A real server on a free port, with the sample festival in an empty log of this engine. */
export async function startTestServer(engine: TestEngine, options: { app?: string; snapshots?: SnapshotRules } = {}): Promise<TestServer> {
  const { log, dispose } = await engine.open()
  const began = performance.now()
  const now = () => Math.round(start + performance.now() - began)
  await setUpSample(log, now())
  const services = await servicesOf(log, { publicUrl: undefined, app: options.app, now }, options.snapshots ?? snapshotRules)
  const listening = await listen(services, 0, '127.0.0.1')
  const origin = `http://127.0.0.1:${listening.port}`
  let venues = 0
  const nextVenue = () => `com-dx-${String(++venues).padStart(3, '0')}`
  async function phone(role: Role = 'volunteer', venue = 'v-main'): Promise<Phone> {
    const code = await makeInvite(log, { role, venue: role === 'organiser' ? undefined : venue, label: '', uses: 1, expires: now() + 60_000 })
    return Phone.join(origin, code, `${role} ${venue}`)
  }
  return {
    origin,
    services,
    phone,
    async crew<const Roles extends readonly Role[]>(...roles: Roles) {
      const venue = nextVenue()
      return await Promise.all(roles.map((role) => phone(role, venue))) as { [K in keyof Roles]: Phone }
    },
    venue: nextVenue,
    async stop() {
      await listening.close()
      await dispose()
    },
  }
}
