import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readTicket } from '../../src/protocol/ticket'
import type { JoinResponse } from '../../src/protocol/join'
import { joinResponseSchema } from '../../src/protocol/join'
import type { Problem } from '../../src/protocol/problem'
import { problemMediaType } from '../../src/protocol/problem'
import { exportPublicKey, importPublicKey, makeKeyPair } from '../../src/protocol/signature'
import * as v from 'valibot'
import { engines } from './engines'
import type { Phone } from './phone'
import { request } from './phone'
import type { TestServer } from './testServer'
import { start, startTestServer } from './testServer'

interface Invited { code: string; link: string }

describe.each(engines)('access on $name', (engine) => {
  let server: TestServer
  let organiser: Phone
  let lead: Phone
  let volunteer: Phone
  beforeAll(async () => {
    server = await startTestServer(engine)
    organiser = await server.phone('organiser')
    lead = await server.phone('lead', 'v-dongcheng')
    volunteer = await server.phone('volunteer', 'v-dongcheng')
  })
  afterAll(() => server.stop())

  const joinWith = async (code: unknown, key?: unknown, name: unknown = '门口一号手机') => request<JoinResponse & Problem>(server.origin, '/api/join', {
    method: 'POST', body: JSON.stringify({ code, name, key: key ?? await newKey() }),
  })
  const newKey = async () => exportPublicKey((await makeKeyPair(false)).publicKey)

  describe('joining', () => {
    test('gives what a phone needs to start', async () => {
      const { body: { code, link } } = await organiser.post<Invited>('/api/invites', { role: 'volunteer', venue: 'v-main', label: '东门' })
      expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{16}$/)
      expect(link).toBe(`${server.origin}/join#${code}`)
      const { status, body } = await joinWith(code)
      expect(status).toBe(201)
      expect(v.parse(joinResponseSchema, body)).toMatchObject({
        role: 'volunteer', venue: 'v-main', streams: ['programme', 'control', 'roster:v-main', 'floor:v-main'],
        festival: { id: 'bj-neighbour-2023', number: 20230520, firstDay: '2023-05-20', lastDay: '2023-05-28', timeZone: 'Asia/Shanghai' },
        ticketKeys: [{ id: 0 }], epoch: server.services.epoch,
      })
      expect(body.device).toMatch(/^[0-9a-hjkmnp-tv-z]{12}$/)
      expect(Buffer.from(body.token, 'base64url')).toHaveLength(32)
      expect(body.now - start).toBeLessThan(60_000)
    })

    test('reads a code kindly', async () => {
      const { body: { code } } = await organiser.post<Invited>('/api/invites', { role: 'organiser' })
      const typed = ` ${code.slice(0, 8).toLowerCase()}-${code.slice(8)} `.replaceAll('0', 'o').replaceAll('1', 'l')
      expect((await joinWith(typed)).status).toBe(201)
    })

    test('says what is wrong with an invite', async () => {
      const { body: once } = await organiser.post<Invited>('/api/invites', { role: 'organiser' })
      const { body: over } = await organiser.post<Invited>('/api/invites', { role: 'organiser', expires: '2023-05-20T09:00:00+08:00' })
      await joinWith(once.code)
      expect((await joinWith(once.code)).body).toMatchObject({ status: 410, code: 'invite-used' })
      expect((await joinWith(over.code)).body).toMatchObject({ status: 410, code: 'invite-expired' })
      expect((await joinWith('0123456789ABCDEF')).body).toMatchObject({ status: 404, code: 'invite-unknown' })
      expect((await joinWith('nonsense!')).body).toMatchObject({ status: 404, code: 'invite-unknown' })
    })

    test('is refused without a name or a key, and the invite stays', async () => {
      const { body: { code } } = await organiser.post<Invited>('/api/invites', { role: 'organiser' })
      const key = await newKey()
      for (const wrong of [{ ...key, crv: 'P-384' }, { ...key, x: 'AAAA' }, { ...key, y: undefined }, 'key']) {
        expect((await joinWith(code, wrong)).body).toMatchObject({ status: 400, code: 'malformed-request' })
      }
      expect((await joinWith(code, key, '  ')).body.code).toBe('malformed-request')
      expect((await joinWith(7, key)).body.code).toBe('malformed-request')
      expect((await joinWith(code, key)).status).toBe(201)
    })

    test('may be asked for again by the phone that never heard the answer', async () => {
      const { body: { code } } = await organiser.post<Invited>('/api/invites', { role: 'organiser' })
      const key = await newKey()
      const first = await joinWith(code, key)
      const second = await joinWith(code, key)
      expect(second.body.device).toBe(first.body.device)
      const health = (token: string) => request<Problem>(server.origin, '/api/sync', { method: 'POST', token, body: '{"v":1}' })
      // Whichever answer comes last to the phone, its token is good.
      expect(second.body.token).toBe(first.body.token)
      expect((await health(second.body.token)).status).toBe(200)
      expect((await joinWith(code)).body.code).toBe('invite-used')
    })
  })

  describe('invites', () => {
    test('a lead invites to the own venue, and nobody who could do more', async () => {
      const { status, body } = await lead.post<Invited & { venue: string }>('/api/invites', { role: 'host' })
      expect([status, body.venue]).toEqual([201, 'v-dongcheng'])
      expect((await lead.post<Problem>('/api/invites', { role: 'host', venue: 'v-main' })).body).toMatchObject({ status: 403, code: 'venue-not-allowed' })
      for (const role of ['lead', 'organiser']) {
        expect((await lead.post<Problem>('/api/invites', { role, venue: 'v-dongcheng' })).body).toMatchObject({ status: 403, code: 'role-not-allowed' })
      }
    })

    test('need a role and a venue that exist', async () => {
      for (const wrong of [{}, { role: 'king' }, { role: 'host' }, { role: 'host', venue: 'v-nowhere' }, { role: 'organiser', uses: 0 }, { role: 'organiser', expires: 'soon' }, { role: 'organiser', expires: -9e15 }]) {
        expect((await organiser.post<Problem>('/api/invites', wrong)).body).toMatchObject({ status: 400, code: 'malformed-request' })
      }
    })

    test('serve as many phones as they say', async () => {
      const { body: { code } } = await organiser.post<Invited>('/api/invites', { role: 'organiser', uses: 3 })
      const statuses = await Promise.all([1, 2, 3, 4, 5].map(async () => (await joinWith(code)).status))
      expect(statuses.sort()).toEqual([201, 201, 201, 410, 410])
    })
  })

  describe('devices', () => {
    interface Listed { device: string; name: string; role: string; venue: string | null; accepted: number; lastHeard: string; clockOffset: number; revokedAfter: number | null }

    test('are listed for the organiser, and a lead sees the own venue’s', async () => {
      await volunteer.sync({ clock: start - 86_400_000 })
      const all = (await organiser.get<{ devices: Listed[] }>('/api/devices')).body.devices
      expect(all.map(({ device }) => device)).toEqual(expect.arrayContaining([organiser.device, lead.device, volunteer.device]))
      expect(JSON.stringify(all)).not.toContain(server.services.own.device)
      const heard = all.find(({ device }) => device === volunteer.device)
      expect(heard).toMatchObject({ role: 'volunteer', venue: 'v-dongcheng', name: 'volunteer v-dongcheng', accepted: 0 })
      expect(Math.abs((heard?.clockOffset ?? 0) - 86_400_000)).toBeLessThan(60_000)
      expect(Date.parse(heard?.lastHeard ?? '')).toBeGreaterThan(start)
      const own = (await lead.get<{ devices: Listed[] }>('/api/devices')).body.devices
      expect(own.map(({ device }) => device).sort()).toEqual([lead.device, volunteer.device].sort())
    })

    test('that are revoked are told so, and what others bring of them is stored', async () => {
      const [lost, courier] = [await server.phone('volunteer', 'v-dongcheng'), await server.phone('volunteer', 'v-dongcheng')]
      lost.checkIn('AAAA0001')
      await lost.push()
      lost.checkIn('AAAA0002')
      const { status, body } = await lead.post(`/api/devices/${lost.device}/revoke`, {})
      expect([status, body]).toEqual([200, { device: lost.device, after: 1 }])
      expect(await lost.refused({})).toMatchObject({ http: 403, code: 'device-revoked' })
      expect((await courier.sync({ batches: [await lost.batch()] })).accepted).toMatchObject({ [lost.device]: 2 })
      const control = await courier.read('control')
      expect(control.at(-1)).toMatchObject([server.services.own.device, expect.any(Number), expect.any(Number), 'device.revoke', { device: lost.device, after: 1 }])

      await organiser.post(`/api/devices/${lost.device}/revoke`, { after: 5 })
      expect(await courier.read('control')).toHaveLength(control.length)
      expect((await organiser.post(`/api/devices/${lost.device}/revoke`, { after: 0 })).body).toEqual({ device: lost.device, after: 0 })
      expect(await courier.read('control')).toHaveLength(control.length + 1)
    })

    test('are revoked without a word more than the address', async () => {
      const lost = await server.phone('volunteer', 'v-dongcheng')
      const { status, body } = await request(server.origin, `/api/devices/${lost.device}/revoke`, { method: 'POST', token: lead.identity.token })
      expect([status, body]).toEqual([200, { device: lost.device, after: 0 }])
    })

    test('that an organiser’s phone revoked by itself are told so too', async () => {
      const lost = await server.phone('volunteer', 'v-dongcheng')
      const phone = await server.phone('organiser')
      phone.write('control', 'device.revoke', { device: lost.device, after: 0 })
      await phone.push()
      expect(await lost.refused({})).toMatchObject({ http: 403, code: 'device-revoked' })
    })

    test('of others are not a lead’s to revoke, nor is the server’s own anybody’s', async () => {
      const other = await server.phone('volunteer', 'v-main')
      expect((await lead.post<Problem>(`/api/devices/${other.device}/revoke`, {})).body).toMatchObject({ status: 403, code: 'venue-not-allowed' })
      expect((await organiser.post<Problem>(`/api/devices/${server.services.own.device}/revoke`, {})).body).toMatchObject({ status: 404, code: 'not-found' })
      expect((await organiser.post<Problem>('/api/devices/000000000000/revoke', {})).body).toMatchObject({ status: 404 })
      expect((await organiser.post<Problem>(`/api/devices/${other.device}/revoke`, { after: -1 })).body).toMatchObject({ status: 400 })
    })
  })

  describe('tickets', () => {
    interface Printed { number: number; id: string; code: string; kind: string; party: number; from: number; until: number; text: string; alias?: string }

    test('are made to print, signed, numbered on', async () => {
      const { status, body } = await organiser.post<{ tickets: Printed[] }>('/api/tickets', { count: 3, kind: 'family', party: 4, from: 1, until: 2 })
      expect(status).toBe(201)
      expect(body.tickets.map(({ number }) => number)).toEqual([121, 122, 123])
      const keys = new Map([[0, await importPublicKey(organiser.identity.ticketKeys[0]!.key)]])
      for (const { text, id, code } of body.tickets) {
        const reading = await readTicket(text, { festival: 20230520, keys })
        expect(reading).toEqual({ ok: true, ticket: { id, festival: 20230520, key: 0, kind: 1, party: 4, from: 1, until: 2 } })
        expect(code).toBe(`${id.slice(0, 4)}-${id.slice(4)}`)
      }
      expect((await organiser.post<{ tickets: Printed[] }>('/api/tickets', { count: 1 })).body.tickets[0]).toMatchObject({ kind: 'resident', party: 1, from: 0, until: 8 })
    })

    test('are listed in pages, with the names that may be seen', async () => {
      const first = (await organiser.get<{ tickets: Printed[]; more: boolean }>('/api/tickets?limit=100')).body
      expect([first.tickets.length, first.more, first.tickets[0]?.alias]).toEqual([100, true, '海棠'])
      const rest = (await organiser.get<{ tickets: Printed[] }>('/api/tickets?after=100')).body
      expect(rest.tickets[0]?.number).toBe(101)
      const elsewhere = (await lead.get<{ tickets: Printed[] }>('/api/tickets')).body
      expect(elsewhere.tickets.every(({ alias }) => alias === undefined)).toBe(true)
      expect((await organiser.get<Problem>('/api/tickets?limit=many')).body.code).toBe('malformed-request')
    })

    test('of impossible terms are 400', async () => {
      for (const wrong of [{}, { count: 0 }, { count: 1_001 }, { count: 1, party: 16 }, { count: 1, from: 3, until: 2 }, { count: 1, kind: 'king' }]) {
        expect((await organiser.post<Problem>('/api/tickets', wrong)).body).toMatchObject({ status: 400, code: 'malformed-request' })
      }
    })
  })

  test('every address that needs a device says so, and tells roles apart', async () => {
    const addresses = [
      ['POST', '/api/sync', ['organiser', 'lead', 'volunteer', 'host', 'visitor']],
      ['POST', '/api/invites', ['organiser', 'lead']],
      ['GET', '/api/devices', ['organiser', 'lead']],
      ['POST', `/api/devices/${volunteer.device}x/revoke`, ['organiser', 'lead']],
      ['POST', '/api/tickets', ['organiser', 'lead']],
      ['GET', '/api/tickets', ['organiser', 'lead']],
      ['GET', '/api/reports/summary', ['organiser', 'lead']],
    ] as const
    const phones = { organiser, lead, volunteer, host: await server.phone('host', 'v-dongcheng'), visitor: await server.phone('visitor', 'v-dongcheng') }
    for (const [method, path, allowed] of addresses) {
      const ask = (token?: string) => request<Problem>(server.origin, path, { method, token, ...(method === 'POST' && { body: '{}' }) })
      expect((await ask()).body).toMatchObject({ status: 401, code: 'no-token' })
      expect((await ask('no-such-token')).body).toMatchObject({ status: 401, code: 'unknown-token' })
      for (const [role, phone] of Object.entries(phones)) {
        const refused = (await ask(phone.identity.token)).body.code === 'role-not-allowed'
        expect([path, role, refused]).toEqual([path, role, !(allowed as readonly string[]).includes(role)])
      }
    }
  })

  test('errors are problem JSON with a sentence, and unknown addresses are one too', async () => {
    for (const path of ['/api/nowhere', '/api/programme/nowhere', '/api']) {
      const { status, headers, body } = await request<Problem>(server.origin, path)
      expect([status, headers.get('Content-Type')]).toEqual([404, problemMediaType])
      expect(body).toEqual({ type: '/problems/not-found', title: expect.stringMatching(/\p{Script=Han}/u), status: 404, code: 'not-found', detail: expect.any(String) })
    }
  })

  test('every answer carries the headers that keep a page to itself', async () => {
    const { headers } = await request(server.origin, '/api/health')
    expect(headers.get('Content-Security-Policy')).toContain(`default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:`)
    expect(headers.get('Permissions-Policy')).toBe('camera=(self)')
    expect(headers.get('Referrer-Policy')).toBe('no-referrer')
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
  })

  test('a token opens nothing from an address', async () => {
    const { status } = await request(server.origin, `/api/devices?token=${organiser.identity.token}&access_token=${organiser.identity.token}`)
    expect(status).toBe(401)
  })

  test('health says what runs', async () => {
    const { body } = await request(server.origin, '/api/health')
    expect(body).toEqual({ ok: true, version: expect.stringMatching(/^\d+\.\d+\.\d+$/), engine: engine.name, epoch: server.services.epoch })
  })
})
