import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Phone, request } from './phone'
import { Cluster } from './postgres/cluster'
import type { Command } from './process'
import { buildServer, freePort, run } from './process'
import { Pusher, checkNothingLost, operationsAtOnce } from './pusher'

/** Deaths of the database in one run; each comes so many milliseconds after the first phone was answered since it is back. */
const deaths = [40, 250, 110, 180, 70]
const phoneCount = 5

let built: Awaited<ReturnType<typeof buildServer>>
let cluster: Cluster
let folder: string
let servers: Command[]
let origins: string[]
let code: string
beforeAll(async () => {
  [built, cluster] = await Promise.all([buildServer(), Cluster.create()])
  folder = mkdtempSync(join(tmpdir(), 'linli-postgres-kill-'))
  const ports = [await freePort(), await freePort()]
  origins = ports.map((port) => `http://127.0.0.1:${port}`)
  servers = ports.map((port) => run(join(built.folder, 'main.js'), ['--port', String(port), '--data', folder, '--database', cluster.url]))
  const [printed] = await Promise.all(servers.map((server) => server.printed(/\/join#([0-9A-Z]{16})/)))
  code = printed?.[1] ?? ''
})
afterAll(async () => {
  for (const server of servers) server.process.kill('SIGTERM')
  await Promise.all(servers.map(({ ended }) => ended))
  await cluster.stop()
  rmSync(folder, { recursive: true })
  built.remove()
})

test('kill -9 of the database in the middle of pushes, 5 times: nothing acknowledged is lost, and the servers go on by themselves', { timeout: 60_000 }, async () => {
  const joined = await Promise.all(Array.from({ length: phoneCount }, (_, index) => Phone.join(origins[index % 2] ?? '', code, `phone ${index}`)))
  const pushers = joined.map((phone) => new Pusher(phone))
  let over = false
  const pushing = Promise.all(pushers.map((pusher) => pusher.push(() => over)))

  for (const delay of deaths) {
    for (const pusher of pushers) pusher.answers = 0
    while (pushers.every(({ answers }) => answers === 0)) await Promise.race([pushing, pause(2)])
    await pause(delay)
    await cluster.kill()
    const { status, headers } = await request(origins[0] ?? '', '/api/programme')
    expect([status, headers.get('Retry-After')]).toEqual([503, '2'])
    await cluster.start()
  }
  for (const pusher of pushers) pusher.answers = 0
  while (pushers.some(({ answers }) => answers === 0)) await Promise.race([pushing, pause(2)])
  over = true
  await pushing

  const [writer] = joined
  if (!writer) throw new Error('nobody has joined')
  const head = await checkNothingLost(await Phone.join(origins[1] ?? '', code, 'reader'), pushers)
  expect(head).toBeGreaterThan(deaths.length * operationsAtOnce)
  expect(pushers.every(({ turnedAway }) => turnedAway > 0)).toBe(true)
  expect(servers.map(({ process: { exitCode, signalCode } }) => [exitCode, signalCode])).toEqual([[null, null], [null, null]])
})
