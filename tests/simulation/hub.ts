import { unlinkSync } from 'node:fs'
import { createApp } from '../../src/server/http/app'
import type { Services } from '../../src/server/http/context'
import { joinUpstream } from '../../src/server/hub/setUp'
import type { Fetch } from '../../src/server/hub/upstream'
import type { Engine } from '../../src/server/log/engine'
import { openLog } from '../../src/server/log/sqlLog'
import { openSqlite } from '../../src/server/log/sqlite'
import { SqlReads } from '../../src/server/log/reads'
import { servicesOf } from '../../src/server/services'
import { invites, mortal, newFile, type Server } from './city'
import type { Actor, Stage } from './stage'
import type { Link, Wire } from './wire'

/** A server in the park: the real one, but for the socket. */
export interface Hub extends Server {
  /** Its way to the city. */
  readonly link: Link
  /** It is gone for good, and its disk with it. */
  readonly lost: boolean
  kill(statements?: number): void
  start(): Promise<void>
  lose(): Promise<void>
  stop(): Promise<void>
}

const origin = 'http://city'

/** Joined, and up. The city is up, and the weather fine. */
export async function openHub(stage: Stage, wire: Wire, role: 'lead' | 'organiser'): Promise<Hub> {
  const file = newFile()
  const link: Link = { partitioned: false }
  const laptop: Actor = { name: 'hub', alive: true }
  const fetch: Fetch = (url, { body, ...init }) =>
    wire.send(laptop, link, { path: url.slice(origin.length), init: { ...init, body: typeof body === 'string' ? new TextEncoder().encode(body) : null }, speaks: 1 })
  let underneath: Engine
  let engine: ReturnType<typeof mortal>
  let app: ReturnType<typeof createApp>
  let commits = 0
  let lost = false

  async function serve(): Promise<Services> {
    underneath = openSqlite(file)
    engine = mortal({ ...underneath, transaction: (work) => underneath.transaction(work).finally(() => { commits++ }) })
    commits++
    const log = await openLog(engine)
    if (await log.meta('epoch') === undefined) await joinUpstream(log, { upstream: origin, code: invites[role], name: '园区' }, fetch, stage.now)
    const services = await servicesOf(log, { publicUrl: undefined, app: undefined, now: () => stage.now, fetch, random: () => stage.dice.roll(), say: () => {} })
    app = createApp(services)
    await services.hub?.start()
    return services
  }
  async function close(): Promise<void> {
    engine.killAfter(0)
    await hub.services.hub?.stop()
    hub.services.notifier.close()
    await hub.services.log.close()
  }
  const opening = serve()
  let services: Services | undefined
  void opening.then((opened) => { services = opened })
  // It joins over the wire, which takes its time.
  await stage.play(stage.now + 10_000, () => services !== undefined)
  const hub = {
    services: await opening,
    link,
    get lost() { return lost },
    get commits() { return commits },
    get truth() { return new SqlReads(underneath) },
    get up() { return !lost && engine.alive },
    async handle(request: Request) {
      const before = engine
      if (lost || !before.alive) return undefined
      const response = await app.fetch(request)
      return !lost && before.alive ? response : undefined
    },
    kill(statements = 0) { engine.killAfter(statements) },
    async start() {
      if (lost) return
      await close()
      hub.services = await serve()
    },
    async lose() {
      if (lost) return
      lost = true
      await close()
      unlinkSync(file)
    },
    async stop() {
      if (!lost) await close()
    },
  }
  return hub
}
