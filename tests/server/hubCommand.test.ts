import { mkdtempSync, rmSync } from 'node:fs'
import { get } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { Phone, request } from './phone'
import type { Command } from './process'
import { buildServer, freePort, run } from './process'

vi.setConfig({ testTimeout: 60_000 })
const patience = { timeout: 30_000, interval: 50 }
/** Deaths in the middle of relaying; each comes so many milliseconds after a push was answered. */
const deaths = [0, 20, 60, 150]

const tls = (file: string) => new URL(`tls/${file}`, import.meta.url).pathname

let built: Awaited<ReturnType<typeof buildServer>>
let folder: string
let cityPort: number
let city: Command
let invite: string
const running = new Set<Command>()
beforeAll(async () => {
  built = await buildServer()
  folder = mkdtempSync(join(tmpdir(), 'linli-hub-'))
  cityPort = await freePort()
  city = start(['--port', String(cityPort), '--host', '127.0.0.1', '--data', join(folder, 'city')])
  invite = (await city.printed(/\/join#([0-9A-Z]{16})/))[1] ?? ''
})
afterAll(async () => {
  for (const { process, ended } of running) {
    process.kill('SIGKILL')
    await ended
  }
  rmSync(folder, { recursive: true })
  built.remove()
})

function start(args: string[], env?: Record<string, string>): Command {
  const command = run(join(built.folder, 'main.js'), args, env)
  running.add(command)
  return command
}
const cityOrigin = () => `http://127.0.0.1:${cityPort}`
const hubAt = (port: number, data: string, ...more: string[]) => start(['--port', String(port), '--host', '127.0.0.1', '--data', join(folder, data), ...more])
const makeInvite = async (role: string, venue: string) => {
  const command = run(join(built.folder, 'invite.js'), [role, venue, '--data', join(folder, 'city')])
  await command.ended
  return command.out().trim()
}

test('kill -9 in the middle of relaying: everything the hub acknowledged is in the city, once; it starts again without an invite', async () => {
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const link = await makeInvite('lead', 'v-main')
  let hub = hubAt(port, 'killed', '--upstream', cityOrigin(), '--invite', link)
  await hub.printed(/Ctrl-C/)
  const phone = (await Phone.join(origin, (await makeInvite('volunteer', 'v-main')).split('#')[1] ?? '', 'volunteer')).at(origin)
  for (const delay of deaths) {
    for (let scan = 0; scan < 20; scan++) phone.checkIn(`AAAA${String(phone.outbox.length).padStart(4, '0')}`)
    await phone.push()
    await new Promise((resolve) => setTimeout(resolve, delay))
    hub.process.kill('SIGKILL')
    expect((await hub.ended).signal).toBe('SIGKILL')
    hub = hubAt(port, 'killed')
    await hub.printed(/Ctrl-C/)
  }
  await expect.poll(async () => (await phone.sync()).root[phone.device], patience).toBe(phone.outbox.length)
  const reader = await Phone.join(cityOrigin(), invite, 'reader')
  const numbers = (await reader.read(phone.floor)).filter(([device]) => device === phone.device).map(([, n]) => n)
  expect(numbers).toEqual(phone.outbox.map((_, index) => index + 1))
  hub.process.kill('SIGTERM')
  expect((await hub.ended).code).toBe(0)
})

test('serves HTTPS with the certificate it is given, lets the city’s pages ask, and gives out the public address', async () => {
  const port = await freePort()
  const hub = hubAt(port, 'secure', '--upstream', cityOrigin(), '--invite', await makeInvite('lead', 'v-main'),
    '--tls-cert', tls('cert.pem'), '--tls-key', tls('key.pem'), '--public-url', 'https://linli.example.cn')
  await hub.printed(/https:\/\/linli\.example\.cn[^]*Ctrl-C/)
  expect(hub.out()).toContain(cityOrigin())
  const answer = await new Promise<{ allowed: string | undefined; body: string }>((resolve, reject) => {
    get(`https://127.0.0.1:${port}/api/health`, { rejectUnauthorized: false, headers: { Origin: cityOrigin() } }, (response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => { body += chunk.toString() })
      response.on('end', () => resolve({ allowed: response.headers['access-control-allow-origin'], body }))
    }).on('error', reject)
  })
  expect(answer.allowed).toBe(cityOrigin())
  expect(JSON.parse(answer.body)).toMatchObject({ ok: true })
  // The key of the invite is used up; nothing else than a hub may be made of these data, and no invite.
  const wrong = run(join(built.folder, 'invite.js'), ['volunteer', 'v-main', '--data', join(folder, 'secure')])
  expect((await wrong.ended).code).toBe(1)
  expect(wrong.out()).toContain(cityOrigin())
  hub.process.kill('SIGTERM')
  await hub.ended
})

test('answers a preflight for the origins it was told of, and for no others', async () => {
  const port = await freePort()
  const other = 'https://park.example.cn'
  const server = start(['--port', String(port), '--host', '127.0.0.1', '--data', join(folder, 'origins'), '--allow-origin', other])
  await server.printed(/Ctrl-C/)
  const ask = async (origin: string) => request(`http://127.0.0.1:${port}`, '/api/sync', {
    method: 'OPTIONS', headers: { 'Origin': origin, 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'authorization' },
  })
  expect((await ask(other)).headers.get('access-control-allow-origin')).toBe(other)
  expect((await ask(other)).headers.get('access-control-allow-headers')).toContain('Authorization')
  expect((await ask('https://elsewhere.example')).headers.get('access-control-allow-origin')).toBeNull()
  server.process.kill('SIGTERM')
  await server.ended
})

test.each([
  ['nowhere', ['--upstream', 'http://127.0.0.1:9', '--invite', '0123456789ABCDEF'], 1, /127\.0\.0\.1:9/],
  ['without an invite', ['--upstream', 'https://linli.example.cn'], 2, /--invite/],
  ['an invite alone', ['--invite', '0123456789ABCDEF'], 2, /--upstream/],
  ['no address', ['--upstream', 'linli.example.cn', '--invite', '0123456789ABCDEF'], 2, /--upstream/],
  ['half a certificate', ['--tls-cert', tls('cert.pem')], 2, /--tls-key/],
  ['two keys', ['--tls-cert', tls('key.pem'), '--tls-key', tls('key.pem')], 1, /PEM/],
])('%s is one clear line', async (what, args, code, reason) => {
  const server = start(['--port', '0', '--data', join(folder, `wrong ${what}`), ...args])
  expect([(await server.ended).code, server.out()]).toEqual([code, expect.stringMatching(reason)])
  expect(server.out().trim().split('\n')).toHaveLength(1)
})

test('an invite for a volunteer makes no hub, and a city’s data are not taken for a hub’s', async () => {
  const volunteer = start(['--port', '0', '--data', join(folder, 'volunteer'), '--upstream', cityOrigin(), '--invite', await makeInvite('volunteer', 'v-main')])
  expect((await volunteer.ended).code).toBe(1)
  expect(volunteer.out()).toMatch(/lead.*organiser/)
  const data = join(folder, 'origins')
  const taken = start(['--port', '0', '--data', data, '--upstream', cityOrigin(), '--invite', '0123456789ABCDEF'])
  expect((await taken.ended).code).toBe(1)
})
