import { afterAll, beforeAll, expect, test } from 'vitest'
import { Outbox } from '../../src/device/outbox'
import { Replica } from '../../src/device/replica'
import { attendeeOf } from '../../src/domain/attendees'
import { stateHash } from './scene'
import { makeWorld, type TestPhone, type World } from './world'

let world: World
beforeAll(async () => { world = await makeWorld() })
afterAll(() => world.stop())

const roster = 'roster:v-main'
const ticket = 'WALK0009'
const name = '王桂兰'

/** Everything that this phone has written down anywhere, as text. */
async function everythingOn(phone: TestPhone): Promise<string> {
  const outbox = new Outbox(phone.ports)
  const replica = new Replica(phone.ports)
  const { identities } = await outbox.read()
  const own = await Promise.all(identities.map(({ device }) => outbox.operations(device)))
  const { pages } = await replica.read(0)
  for (const database of [outbox, replica]) database.close()
  return JSON.stringify([own, pages])
}

test('what is forgotten is blanked on every phone at its next contact: in pages and among its own operations', async () => {
  const [writer, reader] = [world.phone(), world.phone()]
  const [one, two] = [await writer.joined(), await reader.joined()]
  await one.record(roster, 'attendee', { ticket, alias: name, phoneTail: '8842' })
  await one.syncNow()
  await two.syncNow()
  expect(attendeeOf(two.state(), ticket)?.alias).toBe(name)
  expect(await everythingOn(reader)).toContain(name)

  await two.record(roster, 'attendee.forget', { ticket })
  await two.syncNow()
  await one.syncNow()
  for (const [device, phone] of [[one, writer], [two, reader]] as const) {
    expect(attendeeOf(device.state(), ticket)).toBeUndefined()
    expect(await everythingOn(phone)).not.toContain(name)
  }
  expect(await stateHash(one)).toBe(await stateHash(two))
  // Blanked operations keep their place: a restart and another sync find nothing missing and nothing forked.
  one.close()
  const again = await writer.open()
  await again.record(roster, 'attendee', { ticket: 'WALK0010', alias: '张先生' })
  await again.syncNow()
  expect(again.identity()).not.toHaveProperty('frozen', true)
  expect(again.status()).toMatchObject({ waiting: 0, trouble: undefined })
  await two.syncNow()
  expect(await stateHash(again)).toBe(await stateHash(two))
  for (const device of [again, two]) device.close()
})

test('what is written about somebody forgotten, by a phone that did not know, is blanked where it arrives', async () => {
  const [late, reader] = [world.phone(), world.phone()]
  const [one, two] = [await late.joined(), await reader.joined()]
  const { network } = world
  world.network = () => Promise.reject(new TypeError('no network'))
  await one.record(roster, 'attendee', { ticket: 'WALK0011', alias: '陈大爷' })
  world.network = network
  await two.record(roster, 'attendee.forget', { ticket: 'WALK0011' })
  await two.syncNow()
  await one.syncNow()
  await one.syncNow()
  await two.syncNow()
  expect(await everythingOn(reader)).not.toContain('陈大爷')
  expect(await everythingOn(late)).not.toContain('陈大爷')
  for (const device of [one, two]) device.close()
})
