import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engines } from './engines'
import type { TestServer } from './testServer'
import { startTestServer } from './testServer'

/** docs/protocol.md, "Sync", over real HTTP, on every engine: quarantine. */
describe.each(engines)('quarantine on $name', (engine) => {
  let server: TestServer
  beforeAll(async () => { server = await startTestServer(engine) })
  afterAll(() => server.stop())

  test('one bad operation uses up its n and never blocks the rest', async () => {
    const [phone, other] = await server.crew('volunteer', 'volunteer')
    const good = phone.checkIn('AAAA0001')
    const large = { ...good, body: { ...good.body as object, note: '满'.repeat(6_000) } }
    const bad: [unknown, string][] = [
      [large, 'too-large'],
      [null, 'malformed'],
      ['checkin', 'malformed'],
      [[good], 'malformed'],
      [{ ...good, at: '10:00' }, 'malformed'],
      [{ ...good, at: -1 }, 'malformed'],
      [{ ...good, at: 1.5 }, 'malformed'],
      [{ ...good, kind: undefined }, 'malformed'],
      [{ ...good, kind: '' }, 'malformed'],
      [{ ...good, body: undefined }, 'malformed'],
      [{ ...good, body: { post: 'a-open' } }, 'malformed'],
      [{ ...good, body: { post: 'a-open', ticket: 'AAAA0001', by: 'telepathy' } }, 'malformed'],
      [{ ...good, body: null }, 'malformed'],
      [{ ...good, stream: phone.roster }, 'malformed'],
      [{ ...good, stream: 'floor:v-main' }, 'stream-not-granted'],
      [{ ...good, stream: 'programme' }, 'stream-not-granted'],
      [{ ...good, stream: 'control' }, 'stream-not-granted'],
      [{ ...good, stream: 'nowhere' }, 'stream-not-granted'],
      [{ ...good, stream: 'floor:*' }, 'stream-not-granted'],
    ]
    const ops = [good, ...bad.map(([operation]) => operation), good]
    const answer = await phone.sync({ batches: [await phone.sign(1, ops)] })
    expect(answer.accepted).toEqual({ [phone.device]: ops.length })
    expect(answer.quarantined.map(({ n, code }) => [n, code])).toEqual(bad.map(([, code], index) => [index + 2, code]))
    expect(answer.quarantined.every(({ detail }) => detail.length > 0 && !detail.includes('AAAA0001'))).toBe(true)
    expect((await other.read(other.floor)).map(([, n]) => n)).toEqual([1, ops.length])

    const again = await phone.sync({ batches: [await phone.sign(1, ops)] })
    expect(again.accepted).toEqual({ [phone.device]: ops.length })
    expect((await phone.sync()).quarantined).toEqual(answer.quarantined)
  })

  test('16 KB of canonical JSON is the limit, whatever the spelling', async () => {
    const [phone] = await server.crew('volunteer')
    const operation = phone.checkIn('AAAA0001')
    const sized = (bytes: number) => {
      const body = { ...operation.body as object, note: '' }
      const empty = Buffer.byteLength(JSON.stringify({ ...operation, body }))
      return { ...operation, body: { ...body, note: 'x'.repeat(bytes - empty) } }
    }
    const answer = await phone.sync({ batches: [await phone.sign(1, [sized(16_384), sized(16_385)])] })
    expect(answer.quarantined).toEqual([expect.objectContaining({ n: 2, code: 'too-large' })])
  })

  test('a lead writes to the programme only what names the own venue', async () => {
    const [lead] = await server.crew('lead')
    const notice = { type: 'notice', id: 'n-1', value: { venue: lead.venue, text: { zh: '下雨,改到室内' } } }
    lead.write('programme', 'put', { ...notice, venue: lead.venue })
    lead.write('programme', 'put', notice)
    lead.write('programme', 'put', { ...notice, venue: 'v-main' })
    lead.write('programme', 'remove', { type: 'notice', id: 'n-1' })
    lead.write('programme', 'void', { device: lead.device, n: 1 })
    lead.write('programme', 'void', { device: server.services.own.device, n: 1 })
    const { quarantined } = await lead.push()
    expect(quarantined.map(({ n, code }) => [n, code])).toEqual([2, 3, 4, 6].map((n) => [n, 'stream-not-granted']))
  })
})
