import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postOf, type Post } from '../../src/domain/post'
import type { Scan } from '../../src/domain/verdict'
import type { Device } from '../../src/device'
import { makeWorld, type World } from './world'

let world: World
beforeAll(async () => { world = await makeWorld() })
afterAll(() => world.stop())

function postNamed(device: Device, id: string): Post {
  const post = postOf(device.programme(), id)
  if (!post) throw new Error(`no post ${id}`)
  return post
}

async function scanOf(device: Device, number: number): Promise<Scan> {
  const [ticket] = await world.services.log.tickets(number, 1)
  return { by: 'camera', reading: await device.readTicket(ticket!.text) }
}

describe('the way of one check-in', () => {
  test('joins, downloads, scans, and another phone sees it', async () => {
    const one = await world.phone().joined()
    const two = await world.phone().joined()
    const post = postNamed(one, one.programme().booths.find(({ venue }) => venue === 'v-main')!.id)
    const scan = await scanOf(one, 20)
    expect(await one.checkIn(post, scan)).toMatchObject({ verdict: { kind: 'admitted' }, todayNumber: 1 })
    expect(await one.checkIn(post, scan)).toMatchObject({ verdict: { kind: 'repeat' }, todayNumber: 1 })
    expect(one.status()).toMatchObject({ waiting: 1, waitingByKind: { checkin: 1 } })
    await one.syncNow()
    expect(one.status()).toMatchObject({ waiting: 0, trouble: undefined })
    await two.syncNow()
    expect(await two.checkIn(post, scan)).toMatchObject({ verdict: { kind: 'repeat' } })
  })
})
