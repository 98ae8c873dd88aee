import type { Device } from '../../src/device'
import { digestOf } from '../../src/domain/digest'
import { postOf, type Post } from '../../src/domain/post'
import type { Scan } from '../../src/domain/verdict'
import { canonicalHash } from '../../src/protocol/canonical'
import type { World } from './world'

/** A booth of the sample's main venue; its rule is `visit`. */
export const booth = 'b-r1'
export const floor = 'floor:v-main'

export function postNamed(device: Device, id = booth): Post {
  const post = postOf(device.programme(), id)
  if (!post) throw new Error(`no post ${id}`)
  return post
}

/** What the camera makes of one of the sample's 120 tickets, 1 to 120. */
export async function scanOf(world: World, device: Device, number: number): Promise<Scan> {
  const [ticket] = await world.services.log.tickets(number - 1, 1)
  if (!ticket) throw new Error(`no ticket ${number}`)
  return { by: 'camera', reading: await device.readTicket(ticket.text) }
}

export async function checkIn(world: World, device: Device, number: number, post = booth) {
  return device.checkIn(postNamed(device, post), await scanOf(world, device, number))
}

/** Two phones hold the same exactly when this is the same. */
export function stateHash(device: Device): Promise<string> {
  return canonicalHash(digestOf(device.state()))
}
