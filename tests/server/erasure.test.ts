import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engines } from './engines'
import type { TestServer } from './testServer'
import { startTestServer } from './testServer'

describe.each(engines)('erasure on $name', (engine) => {
  let server: TestServer
  beforeAll(async () => { server = await startTestServer(engine) })
  afterAll(() => server.stop())

  test('blanks what a roster says of somebody, now and when it comes later, and keeps every place', async () => {
    const venue = server.venue()
    const [phone, late, reader] = [await server.phone('volunteer', venue), await server.phone('volunteer', venue), await server.phone('volunteer', venue)]
    phone.write(phone.roster, 'attendee', { ticket: 'AAAA0001', alias: '牡丹', phoneTail: '0292' })
    phone.write(phone.roster, 'attendee', { ticket: 'AAAA0002', alias: '丁香' })
    phone.write(phone.roster, 'attendee', { ticket: 'AAAA0001', ageBand: '60-74' })
    phone.checkIn('AAAA0001')
    await phone.push()
    late.write(late.roster, 'attendee', { ticket: 'AAAA0001', alias: '牡丹' })
    late.write(late.roster, 'attendee.forget', { ticket: 'AAAA0001' })
    late.write(late.roster, 'attendee', { ticket: 'AAAA0001', alias: '又是牡丹' })
    await late.push()
    phone.write(phone.roster, 'attendee', { ticket: 'AAAA0001', alias: '还是牡丹' })
    await phone.push()

    const bodies = (await reader.read(reader.roster)).map(([device, n, , kind, body]) => [device, n, kind, body])
    expect(bodies).toEqual([
      [phone.device, 1, 'attendee', null],
      [phone.device, 2, 'attendee', { ticket: 'AAAA0002', alias: '丁香' }],
      [phone.device, 3, 'attendee', null],
      [late.device, 1, 'attendee', null],
      [late.device, 2, 'attendee.forget', { ticket: 'AAAA0001' }],
      [late.device, 3, 'attendee', null],
      [phone.device, 5, 'attendee', null],
    ])
    expect(await reader.read(reader.floor)).toHaveLength(1)
  })

  test('leaves a resend known for what it is, and another content a fork', async () => {
    const phone = await server.phone('volunteer', server.venue())
    phone.write(phone.roster, 'attendee', { ticket: 'AAAA0001', alias: '牡丹' })
    phone.write(phone.roster, 'attendee.forget', { ticket: 'AAAA0001' })
    await phone.push()
    expect((await phone.push()).accepted).toEqual({ [phone.device]: 2 })
    const forged = await phone.sign(1, [{ ...phone.outbox[0], body: { ticket: 'AAAA0001', alias: '月季' } }])
    expect(await phone.refused({ batches: [forged] })).toMatchObject({ code: 'fork' })
  })

  test('keeps the place of what the phone has blanked before it brings it, as after a restore', async () => {
    const phone = await server.phone('volunteer', server.venue())
    phone.write(phone.roster, 'attendee', null)
    phone.write(phone.floor, 'attendee', null)
    phone.write(phone.floor, 'checkin', null)
    expect((await phone.push()).quarantined.map(({ n }) => n)).toEqual([2, 3])
    const reader = await server.phone('volunteer', phone.venue)
    expect(await reader.read(phone.roster)).toMatchObject([[phone.device, 1, expect.any(Number), 'attendee', null]])
  })

  test('reaches only its own stream', async () => {
    const [here, there] = [await server.phone('volunteer', server.venue()), await server.phone('volunteer', server.venue())]
    there.write(there.roster, 'attendee', { ticket: 'AAAA0001', alias: '牡丹' })
    await there.push()
    here.write(here.roster, 'attendee.forget', { ticket: 'AAAA0001' })
    await here.push()
    const reader = await server.phone('volunteer', there.venue)
    expect((await reader.read(there.roster))[0]?.[4]).toEqual({ ticket: 'AAAA0001', alias: '牡丹' })
  })

  test('is not for a revoked phone to do', async () => {
    const venue = server.venue()
    const [owner, thief, organiser] = [await server.phone('volunteer', venue), await server.phone('volunteer', venue), await server.phone('organiser')]
    owner.write(owner.roster, 'attendee', { ticket: 'AAAA0001', alias: '牡丹' })
    await owner.push()
    await organiser.post(`/api/devices/${thief.device}/revoke`, {})
    thief.write(thief.roster, 'attendee.forget', { ticket: 'AAAA0001' })
    await owner.sync({ batches: [await thief.batch()] })
    owner.write(owner.roster, 'attendee', { ticket: 'AAAA0001', ageBand: '60-74' })
    await owner.push()
    const bodies = (await organiser.read(owner.roster)).map(([, , , , body]) => body)
    expect(bodies).toEqual([{ ticket: 'AAAA0001', alias: '牡丹' }, { ticket: 'AAAA0001' }, { ticket: 'AAAA0001', ageBand: '60-74' }])
  })
})
