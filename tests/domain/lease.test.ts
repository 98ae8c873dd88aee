import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { digestOf } from '../../src/domain/digest'
import { stateOf } from '../../src/domain/fold'
import { freePlaces, heldOf, leasesOf, placesLeft, roomAt, shareOf, takenSince, takersAt } from '../../src/domain/lease'
import type { Operation } from '../../src/domain/operation'
import type { Post } from '../../src/domain/post'
import { postOfActivity } from '../../src/domain/post'
import { judge } from '../../src/domain/verdict'
import { deliveriesOf, devices, operationSets, posts } from './arbitraries'
import { festivalValue, floor, phone, time, voiding } from './story'

const activity = 'a-council'
const post: Post = { id: activity, venue: 'v-main', rule: 'once', inviteOnly: false, groups: [], capacity: 3 }
const none = new Map<string, number>()

/** A server and two phones, told by hand. */
function scene() {
  const [server, a, b] = [phone('server'), phone('a'), phone('b')]
  return {
    server, a, b,
    grant: (id: string, device: string, places: number) => server('control', 'lease', { id, activity, device, places }),
    back: (id: string, places: number) => server('control', 'lease.return', { id, places }),
    admit: (write: typeof a, ticket: string, more: object = {}, at?: number) =>
      write(floor, 'checkin', { post: activity, ticket, by: 'camera', ...more }, at),
  }
}
const left = (operations: Operation[], device = 'a', pledges = {}) => placesLeft(stateOf(operations), activity, device, pledges)
const free = (operations: Operation[], capacity = 3, gone = none) => freePlaces(stateOf(operations), stateOf(operations), activity, capacity, gone)

describe('a phone may still give away', () => {
  it('what was granted to it, less what it used, gave back or promised to', () => {
    const { grant, back, admit, a } = scene()
    const granted = [grant('a-1', 'a', 3), grant('b-1', 'b', 2)]
    expect(left(granted)).toBe(3)
    const used = [...granted, admit(a, 'T1')]
    expect(left(used)).toBe(2)
    expect(left(used, 'a', { 'a-1': 2 })).toBe(1)
    expect(left([...used, back('a-1', 1)])).toBe(1)
    expect(left([...used, back('a-1', 9)])).toBe(0)
    expect(left(used, 'b')).toBe(2)
  })

  it('as many after letting somebody in anyway', () => {
    const { grant, admit, a } = scene()
    expect(left([grant('a-1', 'a', 1), admit(a, 'T1', { override: '场地负责人同意' }), admit(a, 'T2', { override: true })])).toBe(1)
  })

  it('one more when it took a check-in back, and not when another phone did', () => {
    const { grant, admit, a, b } = scene()
    const [lease, checkIn] = [grant('a-1', 'a', 1), admit(a, 'T1')]
    expect(left([lease, checkIn, a(floor, 'void', voiding(checkIn))])).toBe(1)
    expect(left([lease, checkIn, b(floor, 'void', voiding(checkIn))])).toBe(0)
  })

  it('no more when the place turns out to be a second one of the same ticket: of a copied ticket two came in', () => {
    const { grant, admit, a, b } = scene()
    const both = [grant('a-1', 'a', 1), grant('b-1', 'b', 1), admit(b, 'T1', {}, time('09:00')), admit(a, 'T1', {}, time('09:01'))]
    expect(left(both)).toBe(0)
    expect(free(both)).toBe(1)
  })

  it('nothing of a lease that was voided, while for everybody else its places stay out', () => {
    const { server, grant } = scene()
    const lease = grant('a-1', 'a', 2)
    const operations = [lease, server('control', 'void', voiding(lease))]
    expect(left(operations)).toBe(0)
    expect(free(operations)).toBe(1)
  })

  it('a line of paper entered twice once', () => {
    const { grant, admit, a } = scene()
    const lines = [admit(a, 'T1', { sheet: '1-1' }), admit(a, 'T1', { sheet: '1-1' }), admit(a, 'T2', { sheet: '1-2' })]
    expect(left([grant('a-1', 'a', 3), ...lines])).toBe(1)
  })

  it('of two leases with one id the smaller', () => {
    const { grant } = scene()
    expect(left([grant('a-1', 'a', 5), grant('a-1', 'a', 2), grant('a-1', 'a', 4)])).toBe(2)
  })
})

describe('nobody holds and nobody used', () => {
  it('what is left of the capacity', () => {
    const { grant, back, admit, a } = scene()
    const operations = [grant('a-1', 'a', 2), admit(a, 'T1'), back('a-1', 1)]
    expect(free(operations)).toBe(2)
    expect(free(operations, 1)).toBe(0)
    expect(free(operations, 0)).toBe(0)
  })

  it('less where somebody came in without a lease', () => {
    const { admit, a, b } = scene()
    expect(free([admit(a, 'T1', { by: 'paper' }), admit(b, 'T2'), admit(b, 'T3', { override: true })])).toBe(1)
  })

  it('no more because a phone was revoked, unless it is gone for certain', () => {
    const { server, grant, admit, a } = scene()
    const checkIn = admit(a, 'T1')
    const operations = [
      grant('a-1', 'a', 3), checkIn, admit(a, 'T2'), a(floor, 'void', voiding(checkIn)), server('control', 'device.revoke', { device: 'a', after: 1 }),
    ]
    expect(free(operations)).toBe(0)
    // Its void came after: the check-in stands, and nothing else of it does.
    expect(free(operations, 3, new Map([['a', 1]]))).toBe(2)
  })

  it('no more because a return was voided', () => {
    const { server, grant, back } = scene()
    const returned = back('a-1', 2)
    const operations = [grant('a-1', 'a', 3), returned, server('control', 'void', voiding(returned))]
    expect(free(operations)).toBe(0)
    expect(left(operations)).toBe(1)
  })
})

describe('a share', () => {
  it('is what is wanted, at most half of what is free with what one has, and the last place for who has none', () => {
    expect(shareOf(5, 0, 40)).toBe(5)
    expect(shareOf(5, 2, 40)).toBe(3)
    expect(shareOf(8, 0, 3)).toBe(2)
    expect(shareOf(8, 2, 1)).toBe(0)
    expect(shareOf(8, 0, 1)).toBe(1)
    expect(shareOf(8, 0, 0)).toBe(0)
    expect(shareOf(0, 0, 9)).toBe(0)
  })

  it('is never more than is free, and never nothing for who has nothing while something is free', () => {
    const some = fc.integer({ min: 0, max: 50 })
    fc.assert(fc.property(some, some, some, (wanted, unused, places) => {
      const share = shareOf(wanted, unused, places)
      expect(share).toBeLessThanOrEqual(places)
      if (wanted > 0 && unused === 0 && places > 0) expect(share).toBeGreaterThan(0)
    }))
  })
})

it('what a gate needs is reckoned from what it let in lately', () => {
  const { admit, a } = scene()
  const state = stateOf([admit(a, 'T1', {}, time('09:00')), admit(a, 'T2', {}, time('09:20')), admit(a, 'T3', {}, time('09:25'))])
  expect(takenSince(state, activity, 'a', time('09:15'))).toBe(2)
})

describe('a verdict', () => {
  const festival = { ...festivalValue, id: 'f', sample: false, districts: [], categories: [], strands: [], activityKinds: [] }
  const judged = (operations: Operation[], ticket = 'T9') => {
    const state = stateOf(operations)
    return judge(state, festival, post, { by: 'typed', id: ticket }, time('09:30'), roomAt(state, post, 'a', {}))
  }

  it('says that there is no place left on this phone, and what is known of the others', () => {
    const { grant, admit, a, b } = scene()
    const operations = [grant('a-1', 'a', 1), admit(a, 'T1'), admit(b, 'T2'), admit(b, 'T3', { override: true })]
    expect(judged(operations)).toEqual({ kind: 'refused', reason: 'no-place', ticket: 'T9', room: { capacity: 3, admitted: 2, left: 0 } })
    expect(judged([...operations, grant('a-2', 'a', 1)])).toMatchObject({ kind: 'unverified' })
  })

  it('says to somebody who is here already that they are, also when it is full', () => {
    const { admit, a } = scene()
    expect(judged([admit(a, 'T1')], 'T1')).toMatchObject({ kind: 'repeat' })
  })

  it('knows no places at a post without a capacity', () => {
    expect(roomAt(stateOf([]), { ...post, capacity: undefined }, 'a', {})).toBeUndefined()
  })

  it.each([[3, 3], [2.5, 2], [-1, 0], [null, undefined], [undefined, undefined]])('takes a capacity of %s for %s places', (written, places) => {
    const value = { id: activity, venue: 'v-main', capacity: written, groups: [], signup: 'walk-in' } as unknown as Parameters<typeof postOfActivity>[0]
    expect(postOfActivity(value).capacity).toBe(places)
  })
})

describe('whatever was written', () => {
  it('places are counted the same in whatever order it comes', () => {
    const counted = (operations: Operation[]) => {
      const state = stateOf(operations)
      return JSON.stringify([digestOf(state), posts.map((id) => [freePlaces(state, state, id, 5, none), devices.map((device) => placesLeft(state, id, device, {}))])])
    }
    fc.assert(fc.property(operationSets().chain((set) => fc.tuple(fc.constant(set), deliveriesOf(set))), ([set, deliveries]) => {
      expect(counted(deliveries.flat())).toBe(counted(set))
    }))
  })

  it('what a phone may use is never more than the others hold to be out with it', () => {
    fc.assert(fc.property(operationSets(), (set) => {
      const state = stateOf(set)
      for (const id of posts) {
        for (const device of devices) {
          const out = (state.leases.get(id) ?? []).filter((lease) => lease.device === device).reduce((sum, lease) => sum + heldOf(state, lease), 0)
          const used = takersAt(state, id).get(device)?.length ?? 0
          expect(placesLeft(state, id, device)).toBeLessThanOrEqual(Math.max(0, out - used))
          expect(leasesOf(state, id, device).length).toBeLessThanOrEqual(3)
        }
      }
    }))
  })
})
