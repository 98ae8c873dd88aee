import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SyncRequest } from '../../src/protocol/sync'
import { sentIn } from './fakes'
import { checkIn, floor, stateHash } from './scene'
import { makeWorld, type World } from './world'

let world: World
beforeAll(async () => { world = await makeWorld() })
afterAll(() => world.stop())

describe('a server set back to an old backup, under a new epoch', () => {
  test('nothing seen is lost, everything own is sent again, and both sides come to the same', async () => {
    const [device, other] = [await world.phone().joined(), await world.phone().joined()]
    await checkIn(world, device, 1)
    await checkIn(world, other, 2)
    await device.syncNow()
    await other.syncNow()
    const backup = await world.backUp()
    await checkIn(world, device, 3)
    await checkIn(world, other, 4)
    for (const one of [device, other, device]) await one.syncNow()
    const before = await stateHash(device)

    await world.restore(backup)
    const requests: SyncRequest[] = []
    const { network } = world
    world.network = async (request) => {
      requests.push(await sentIn(request))
      return network(request)
    }
    await device.syncNow()
    expect(requests[1]).toMatchObject({ epoch: `after ${backup}`, cursors: {}, have: { [floor]: {} } })
    expect(requests[1]?.batches).toBeUndefined()
    expect(device.status()).toMatchObject({ waiting: 0, trouble: undefined })
    expect(await stateHash(device)).toBe(before)
    await other.syncNow()
    await device.syncNow()
    expect(await stateHash(device)).toBe(before)
    expect(await stateHash(other)).toBe(before)
    world.network = network
    const fresh = await world.phone().joined()
    expect(await stateHash(fresh)).toBe(before)
    for (const one of [device, other, fresh]) one.close()
  })
})
