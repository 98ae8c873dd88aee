import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SyncResponse } from '../../src/protocol/sync'
import { Phone } from './phone'
import { Cluster } from './postgres/cluster'
import { command } from './postgres/database'
import type { Gateway } from './postgres/gateway'
import { openGateway } from './postgres/gateway'
import type { Command } from './process'
import { buildServer, freePort, run } from './process'
import { Pusher, checkNothingLost } from './pusher'

const floor = 'floor:v-main'
const phoneCount = 4
/** Milliseconds of pushing before the primary dies. */
const before = 300

let built: Awaited<ReturnType<typeof buildServer>>
let primary: Cluster
let standby: Cluster
let gateway: Gateway
let folder: string
let servers: Command[]
let origins: string[]
let code: string
beforeAll(async () => {
  [built, primary] = await Promise.all([buildServer(), Cluster.create({ synchronous_standby_names: '*' })])
  standby = await primary.makeStandby()
  gateway = await openGateway(primary.url)
  folder = mkdtempSync(join(tmpdir(), 'linli-standby-'))
  const ports = [await freePort(), await freePort()]
  origins = ports.map((port) => `http://127.0.0.1:${port}`)
  servers = ports.map((port) => run(join(built.folder, 'main.js'), ['--port', String(port), '--data', folder, '--database', gateway.url]))
  const [printed] = await Promise.all(servers.map((server) => server.printed(/\/join#([0-9A-Z]{16})/)))
  code = printed?.[1] ?? ''
}, 60_000)
afterAll(async () => {
  for (const server of servers) server.process.kill('SIGTERM')
  await Promise.all(servers.map(({ ended }) => ended))
  gateway.close()
  await Promise.all([primary.stop(), standby.stop()])
  rmSync(folder, { recursive: true })
  built.remove()
})

const joinAt = (index: number) => Phone.join(origins[index % origins.length] ?? '', code, `phone ${index}`)

/** Those of the primary's backends whose commit waits for the standby. */
async function waitingCommits(): Promise<number[]> {
  const client = new pg.Client({ connectionString: primary.url })
  await client.connect()
  try {
    for (;;) {
      const { rows } = await client.query<{ pid: number }>(`SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND datname IS NOT NULL`)
      if (rows.length > 0) return rows.map(({ pid }) => pid)
      await pause(10)
    }
  } finally {
    await client.end()
  }
}

test.each(['pg_cancel_backend', 'pg_terminate_backend'])('without the standby nothing is acknowledged nor shown, and %s makes no lie of it', { timeout: 30_000 }, async (end) => {
  const [writer, reader] = [await joinAt(0), await joinAt(1)]
  const shown = async () => (await reader.read(floor)).filter(([device]) => device === writer.device)
  await standby.kill()
  writer.write(floor, 'headcount', { post: 'b-g1', count: 1 })
  const batch = await writer.batch()
  const sent = writer.post<SyncResponse>('/api/sync', { v: 1, epoch: null, batches: [batch] })
  const [pid] = await waitingCommits()
  expect(await shown()).toEqual([])
  await command(primary.url, `SELECT ${end}(${pid})`)
  const { status, headers } = await sent
  expect([status, headers.has('Retry-After')]).toEqual([503, true])
  // It is stored here, and the standby has not got it: asked again, the answer waits for the standby.
  const again = writer.post<SyncResponse>('/api/sync', { v: 1, epoch: null, batches: [batch] })
  await waitingCommits()
  await standby.start()
  expect((await again).body.accepted).toEqual({ [writer.device]: 1 })
  expect(await shown()).toHaveLength(1)
})

test('the primary killed with -9 under pushes and the standby promoted: nothing acknowledged is lost, nothing is there twice, and the servers go on', { timeout: 60_000 }, async () => {
  const joined = await Promise.all(Array.from({ length: phoneCount }, (_, index) => joinAt(index)))
  const pushers = joined.map((phone) => new Pusher(phone))
  let over = false
  const pushing = Promise.all(pushers.map((pusher) => pusher.push(() => over)))
  const answeredAll = async () => {
    for (const pusher of pushers) pusher.answers = 0
    while (pushers.some(({ answers }) => answers === 0)) await Promise.race([pushing, pause(5)])
  }
  await answeredAll()
  await pause(before)
  await primary.kill()
  const acknowledged = pushers.map((pusher) => pusher.acknowledged)
  await command(standby.url, 'SELECT pg_promote()')
  gateway.leadTo(standby.url)
  await answeredAll()
  over = true
  await pushing

  await checkNothingLost(await joinAt(1), pushers)
  expect(acknowledged.every((n) => n > 0)).toBe(true)
  expect(pushers.every(({ turnedAway }) => turnedAway > 0)).toBe(true)
  expect(servers.map(({ process: { exitCode, signalCode } }) => [exitCode, signalCode])).toEqual([[null, null], [null, null]])
})
