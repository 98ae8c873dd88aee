import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { openDevice, type Device } from '../../src/device'
import { millisecondsOf } from '../../src/domain/clock'
import { booth, checkIn, floor, postNamed, scanOf, stateHash } from './scene'
import { makeWorld, type TestPhone, type World } from './world'

let world: World
let phone: TestPhone
let device: Device
beforeAll(async () => { world = await makeWorld() })
beforeEach(async () => {
  phone = world.phone()
  device = await phone.joined()
})
afterEach(() => device.close())
afterAll(() => world.stop())

const headcount = () => device.record(floor, 'headcount', { post: booth, count: 1 })

describe('a check-in', () => {
  test('is judged, durable, in the state, and waits to be sent', async () => {
    const heard: string[] = []
    device.subscribe((change) => heard.push(change))
    expect(await checkIn(world, device, 20)).toMatchObject({
      verdict: { kind: 'admitted', attendee: { alias: expect.any(String) as string } },
      operation: { device: device.identity()?.device, n: 1, stream: floor, kind: 'checkin', body: { post: booth, by: 'camera' } },
      todayNumber: 1, knownUntil: world.now,
    })
    expect(device.status()).toMatchObject({ waiting: 1, waitingByKind: { checkin: 1 }, oldestAt: world.now })
    expect(heard).toEqual(['state', 'status'])
    const reopened = await phone.open()
    expect(await stateHash(reopened)).toBe(await stateHash(device))
    expect(reopened.status().waiting).toBe(1)
    reopened.close()
  })

  test('of one code twice in a row is admitted once', async () => {
    const scan = await scanOf(world, device, 20)
    const both = await Promise.all([device.checkIn(postNamed(device), scan), device.checkIn(postNamed(device), scan)])
    expect(both).toMatchObject([{ verdict: { kind: 'admitted' } }, { verdict: { kind: 'repeat' } }])
    expect(both[1]).not.toHaveProperty('operation', expect.anything())
    expect(device.status().waiting).toBe(1)
  })

  test('of one code in two tabs at once is admitted once', async () => {
    const other = await phone.open()
    const both = await Promise.all([checkIn(world, device, 20), checkIn(world, other, 20)])
    expect(both.map((result) => 'verdict' in result && result.verdict.kind).sort()).toEqual(['admitted', 'repeat'])
    other.close()
  })

  test('that is refused writes nothing, unless a person decides, with the reason', async () => {
    const post = { ...postNamed(device), inviteOnly: true }
    const scan = await scanOf(world, device, 100)
    const refused = await device.checkIn(post, scan)
    expect(refused).toMatchObject({ verdict: { kind: 'refused', reason: 'not-invited' } })
    expect(device.status().waiting).toBe(0)
    const ticket = 'verdict' in refused && refused.verdict.ticket || ''
    expect(await device.admitAnyway(post, ticket, 'camera', '领导同意')).toMatchObject({
      verdict: { kind: 'admitted', ticket }, operation: { body: { ticket, override: '领导同意' } }, todayNumber: 1,
    })
  })

  test('by a typed code that nobody knows is accepted and flagged', async () => {
    expect(await device.checkIn(postNamed(device), { by: 'typed', id: 'ZZZZ0000' })).toMatchObject({ verdict: { kind: 'unverified' } })
  })

  test('keeps its place in time on a phone whose clock is a day wrong', async () => {
    const wrong = world.phone()
    wrong.ahead = -86_400_000
    const corrected = await wrong.joined()
    expect(corrected.now()).toBe(world.now)
    const result = await checkIn(world, corrected, 20)
    expect(millisecondsOf('operation' in result ? result.operation?.at ?? 0 : 0)).toBe(world.now)
    corrected.close()
  })
})

describe('undo', () => {
  test('voids what was written, and the ticket may come again', async () => {
    const result = await checkIn(world, device, 20)
    const operation = 'operation' in result ? result.operation : undefined
    expect(await device.undo(operation!, '扫错了')).toMatchObject({ ok: true, operation: { kind: 'void', n: 2, stream: floor } })
    expect(device.todayNumber(booth)).toBe(0)
    expect(device.recent(5)).toMatchObject([{ operation: { n: 1 }, standing: 'voided' }])
    expect(await checkIn(world, device, 20)).toMatchObject({ verdict: { kind: 'admitted' } })
    expect(device.recent(5)).toMatchObject([{ operation: { n: 3 }, standing: 'stands' }, { operation: { n: 1 }, standing: 'voided' }])
  })
})

describe('anything else', () => {
  test('a headcount is written as it is', async () => {
    expect(await headcount()).toMatchObject({ ok: true, operation: { kind: 'headcount', body: { count: 1 } } })
    expect(device.status().waitingByKind).toEqual({ headcount: 1 })
  })

  test('a body that its kind turns down is a bug, and not written', async () => {
    await expect(device.record(floor, 'headcount', { post: booth, count: 'many' })).rejects.toThrow(TypeError)
    await expect(device.record('control', 'headcount', { post: booth, count: 1 })).rejects.toThrow(TypeError)
    expect(device.status().waiting).toBe(0)
  })

  test('what every server would put aside for its size is not even written', async () => {
    expect(await device.record(floor, 'question', { id: 'q', text: '问'.repeat(6_000) })).toEqual({ ok: false, fault: 'too-large' })
    expect(device.status().waiting).toBe(0)
  })

  test('a screen whose listener throws does not make a durable record look lost', async () => {
    const bug = new Error('a screen’s bug')
    const report = vi.fn()
    const other = await openDevice({ ...phone.ports, report })
    other.subscribe(() => { throw bug })
    expect(await other.record(floor, 'headcount', { post: booth, count: 1 })).toMatchObject({ ok: true })
    expect(report).toHaveBeenCalledWith(bug)
    other.close()
  })
})

test('a phone that has not joined writes nothing', async () => {
  const fresh = await world.phone().open()
  expect(await fresh.record(floor, 'headcount', { post: booth, count: 1 })).toEqual({ ok: false, fault: 'not-joined' })
  expect(await fresh.checkIn({ ...postNamed(device) }, { by: 'typed', id: 'K7M29QX4' })).toEqual({ fault: 'not-joined' })
  fresh.close()
})
