import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { publishedSchema } from '../../src/protocol/programme'
import type { Published } from '../../src/protocol/programme'
import { engines } from './engines'
import { request } from './phone'
import type { TestServer } from './testServer'
import { startTestServer } from './testServer'

describe.each(engines)('the published programme on $name', (engine) => {
  let server: TestServer
  beforeAll(async () => { server = await startTestServer(engine) })
  afterAll(() => server.stop())

  const read = (headers: Record<string, string> = {}) => request<Published>(server.origin, '/api/programme', { headers })

  test('is read without a login, whole, and says which log it is from', async () => {
    const { status, headers, body } = await read()
    expect([status, headers.get('Cache-Control')]).toEqual([200, 'no-cache'])
    const published = v.parse(publishedSchema, body)
    expect(published).toMatchObject({ v: 1, epoch: server.services.epoch, seq: 919, festival: { number: 20230520, sample: true } })
    expect([published.venues.length, published.zones.length, published.booths.length, published.services.length]).toEqual([282, 21, 120, 18])
  })

  test('has neither people nor what is for staff alone', async () => {
    const { body } = await read()
    expect(body.activities).toHaveLength(196 + 259 - 16)
    expect(body.activities.some(({ staffOnly }) => staffOnly)).toBe(false)
    const text = JSON.stringify(body)
    const people = (await server.services.log.operations('roster:v-main', 0, 120, 120)).map((row) => JSON.parse(row.body ?? '') as { ticket: string; phoneTail?: string })
    for (const { ticket } of people) expect(text).not.toContain(ticket)
  })

  test('has a strong tag, and 304 for who holds it', async () => {
    for (const encoding of ['identity', 'gzip']) {
      const accept = { 'Accept-Encoding': encoding }
      const tag = (await read(accept)).headers.get('ETag') ?? ''
      expect(tag).toMatch(/^"[\w-]+"$/)
      for (const held of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
        const again = await read({ ...accept, 'If-None-Match': held })
        expect([again.status, again.body, again.headers.get('ETag')]).toEqual([304, undefined, tag])
      }
      expect((await read({ ...accept, 'If-None-Match': '"other"' })).status).toBe(200)
    }
  })

  test('is another one after a change, and its tag too', async () => {
    const before = await read()
    const organiser = await server.phone('organiser')
    const opening = before.body.activities.find(({ id }) => id === 'a-open')
    organiser.write('programme', 'put', { type: 'activity', id: 'a-open', value: { ...opening, status: 'cancelled' } }, Date.parse('2023-05-20T12:00:00Z') * 4096)
    await organiser.push()
    const after = await read({ 'If-None-Match': before.headers.get('ETag') ?? '' })
    expect(after.status).toBe(200)
    expect(after.body.seq).toBe(before.body.seq + 1)
    expect(after.body.activities.find(({ id }) => id === 'a-open')?.status).toBe('cancelled')
  })

  test('answers HEAD like GET, without the body', async () => {
    const response = await fetch(`${server.origin}/api/programme`, { method: 'HEAD' })
    expect([response.status, await response.text()]).toEqual([200, ''])
    expect(response.headers.get('ETag')).not.toBeNull()
  })
})
