import { request as httpRequest } from 'node:http'
import { deflateSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Problem } from '../../src/protocol/problem'
import type { SyncResponse } from '../../src/protocol/sync'
import { engines } from './engines'
import { request } from './phone'
import type { TestServer } from './testServer'
import { startTestServer } from './testServer'

describe.each(engines)('requests on $name', (engine) => {
  let server: TestServer
  beforeAll(async () => { server = await startTestServer(engine) })
  afterAll(() => server.stop())

  const send = (token: string, body: BodyInit, encoding?: string) => request<SyncResponse & Problem>(server.origin, '/api/sync', {
    method: 'POST', token, body, ...(encoding && { headers: { 'Content-Encoding': encoding } }),
  })

  test('come packed or not', async () => {
    const phone = await server.phone('volunteer', server.venue())
    phone.checkIn('AAAA0001')
    const body = JSON.stringify({ v: 1, batches: [await phone.batch()] })
    for (const [bytes, encoding] of [[gzipSync(body), 'gzip'], [deflateSync(body), 'deflate']] as const) {
      const { status, body: answer } = await send(phone.identity.token, new Uint8Array(bytes), encoding)
      expect([status, answer.accepted]).toEqual([200, { [phone.device]: 1 }])
    }
  })

  test('are answered packed', async () => {
    const phone = await server.phone('volunteer', 'v-main')
    const { headers, body } = await request<SyncResponse>(server.origin, '/api/sync', {
      method: 'POST', token: phone.identity.token, body: JSON.stringify({ v: 1, cursors: { [phone.roster]: 0 } }), headers: { 'Accept-Encoding': 'gzip' },
    })
    expect(headers.get('Content-Encoding')).toBe('gzip')
    expect(body.streams[phone.roster]?.ops).toHaveLength(120)
  })

  test('of more than 1,000 operations are 413', async () => {
    const phone = await server.phone('volunteer', server.venue())
    for (let i = 0; i < 1_001; i++) phone.checkIn('AAAA0001')
    const all = [await phone.batch(1, 600), await phone.batch(601)]
    expect(await phone.refused({ batches: all })).toMatchObject({ http: 413, code: 'too-large' })
    expect((await phone.sync({ batches: [await phone.batch(1, 1_000)] })).accepted).toEqual({ [phone.device]: 1_000 })
  })

  test('of more than 512 KB unpacked are 413, however small they come', async () => {
    const { identity: { token } } = await server.phone()
    const large = JSON.stringify({ v: 1, padding: ' '.repeat(512 * 1024) })
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024))
    for (const [bytes, encoding] of [[large, undefined], [new Uint8Array(gzipSync(large)), 'gzip'], [new Uint8Array(bomb), 'gzip']] as const) {
      const { status, body } = await send(token, bytes, encoding)
      expect([status, body.code]).toEqual([413, 'too-large'])
    }
  })

  test('that are too large leave the connection to the next', async () => {
    const { identity: { token } } = await server.phone()
    const large = JSON.stringify({ v: 1, padding: ' '.repeat(1024 * 1024) })
    for (let i = 0; i < 5; i++) {
      expect((await send(token, large)).status).toBe(413)
      expect((await send(token, '{"v":1}')).status).toBe(200)
    }
  })

  test('that break off are nobody’s fault', async () => {
    const complaints = vi.spyOn(console, 'error')
    const { identity: { token } } = await server.phone()
    const half = httpRequest(`${server.origin}/api/sync`, { method: 'POST', headers: { Authorization: `Bearer ${token}`, 'Content-Length': 1_000 } })
    half.on('error', () => {}).write('{"v":1')
    await new Promise((resolve) => setTimeout(resolve, 100))
    half.destroy()
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(complaints).not.toHaveBeenCalled()
  })

  test('with a number that JSON can’t hold are 400', async () => {
    const phone = await server.phone('volunteer', server.venue())
    phone.write(phone.floor, 'headcount', { post: 'a-open', count: 1, size: 1 })
    const body = JSON.stringify({ v: 1, batches: [await phone.batch()] }).replace('"size":1', '"size":1e999')
    expect((await send(phone.identity.token, body)).body).toMatchObject({ status: 400, code: 'malformed-request' })
  })

  test('of the wrong shape are 400', async () => {
    const { identity: { token }, device } = await server.phone()
    const malformed: BodyInit[] = [
      '', '{', 'null', '[]', '"v"', '{}', '{"v":"1"}', '{"v":1,"epoch":5}', '{"v":1,"batches":{}}', '{"v":1,"batches":[{}]}',
      '{"v":1,"cursors":{"programme":-1}}', '{"v":1,"cursors":{"programme":"1"}}', '{"v":1,"cursors":[]}', '{"v":1,"have":{"programme":5}}',
      '{"v":1,"max":0}', '{"v":1,"wait":"long"}', '{"v":1,"clock":"now"}',
      `{"v":1,"batches":[{"device":"${device}","from":0,"ops":[],"sig":""}]}`,
      `{"v":1,"batches":[{"device":"${device}","from":1,"ops":{},"sig":""}]}`,
      `{"v":1,"batches":[{"device":"${device}","from":1,"ops":[${'['.repeat(100_000)}${']'.repeat(100_000)}],"sig":""}]}`,
      new Uint8Array([0x7b, 0xff, 0x7d]),
    ]
    for (const body of malformed) {
      const { status, body: problem } = await send(token, body)
      expect([String(body).slice(0, 60), status, problem.code]).toEqual([String(body).slice(0, 60), 400, 'malformed-request'])
    }
    expect((await send(token, '{"v":1}', 'br')).body.code).toBe('malformed-request')
    expect((await send(token, '{"v":1}', 'gzip')).body.code).toBe('malformed-request')
    expect((await send(token, '{"v":2}')).body).toMatchObject({ status: 400, code: 'unknown-version' })
  })
})
