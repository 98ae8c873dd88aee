import * as fc from 'fast-check'
import { clockAt } from '../../src/domain/clock'
import { entityTypes } from '../../src/domain/kinds/put'
import type { Operation, WrittenOperation } from '../../src/domain/operation'
import { time } from './story'

/**
 * Random operations for properties. Devices, tickets, posts and moments are few, so that what is written often meets: the
 * same ticket twice, the same moment on two phones, a void of something that is really there.
 */
export const devices = ['0000000000da', '0000000000db', '0000000000dc', '0000000000dd'] as const
export const venues = ['v-main', 'v-east'] as const
export const tickets = ['K7M29QX4', '0000000A', 'ZZZZZZZZ'] as const
export const posts = ['b-red', 'b-blue', 'a-open'] as const

const device = fc.constantFrom(...devices)
const venue = fc.constantFrom(...venues)
const ticket = fc.constantFrom(...tickets)
const post = fc.constantFrom(...posts)
const n = fc.integer({ min: 1, max: 8 })
const text = fc.constantFrom('海棠', '银杏', 'a', '')
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
const leaseId = fc.constantFrom('one', 'two', 'three')
const sheet = optional(fc.constantFrom('1-1', '1-2'))

type Content = Omit<WrittenOperation, 'at'>
/** Without keys of value undefined, as after a trip through JSON. */
const content = (stream: fc.Arbitrary<string>, kind: string, body: fc.Arbitrary<unknown>): fc.Arbitrary<Content> =>
  fc.record({ stream, kind: fc.constant(kind), body }).map((made) => JSON.parse(JSON.stringify(made)) as Content)

const programme = fc.constant('programme')
const control = fc.constant('control')
const rosters = venue.map((name) => `roster:${name}`)
const floors = venue.map((name) => `floor:${name}`)
const anyStream = fc.oneof(programme, control, rosters, floors)

const value = fc.record({
  name: text.map((zh) => ({ zh })),
  venue: optional(venue),
  number: fc.constant(20230520), firstDay: fc.constant('2023-05-20'), lastDay: fc.constant('2023-05-28'),
  timeZone: fc.constantFrom('Asia/Shanghai', 'America/Havana'),
  start: fc.constantFrom('2023-05-20T09:00:00+08:00', 'some day'), end: fc.constant('2023-05-20T10:00:00+08:00'),
  unit: fc.constant('件'), rule: optional(fc.constantFrom('once', 'daily', 'visit', 'never')),
})
const thing = { type: fc.constantFrom(...entityTypes), id: fc.constantFrom('one', ...posts), venue: optional(venue) }

/** One arbitrary for each kind that the fold knows. */
export const contents = {
  put: content(programme, 'put', fc.record({ ...thing, value })),
  remove: content(programme, 'remove', fc.record(thing)),
  attendee: content(rosters, 'attendee', fc.record({
    ticket, alias: optional(text), phoneTail: optional(fc.constantFrom('0847', '1234')), ageBand: optional(fc.constant('35-59')),
    community: optional(fc.constantFrom('com-1', 'com-2')), group: optional(fc.constant('invited')),
    consent: optional(fc.record({ attendance: fc.boolean() })),
  })),
  forget: content(rosters, 'attendee.forget', fc.record({ ticket })),
  checkin: content(floors, 'checkin', fc.record({
    post, ticket, by: fc.constantFrom('camera', 'typed', 'paper'), override: optional(fc.constantFrom('known to me', true)), sheet,
  })),
  headcount: content(floors, 'headcount', fc.record({ post, count: fc.integer({ min: -5, max: 20 }), ageBand: optional(text), sheet })),
  service: content(floors, 'service', fc.record({
    booth: post, service: fc.constantFrom('s-hair', 's-repair'), count: fc.integer({ min: -2, max: 5 }),
    outcome: optional(fc.constantFrom('fixed', 'advice', '')), ticket: optional(ticket), sheet,
  })),
  void: content(anyStream, 'void', fc.record({ device, n, reason: text })),
  revokeTicket: content(control, 'ticket.revoke', fc.record({ ticket })),
  revokeDevice: content(control, 'device.revoke', fc.record({ device, after: fc.integer({ min: 0, max: 6 }) })),
  lease: content(control, 'lease', fc.record({ id: leaseId, activity: post, device, places: fc.integer({ min: 0, max: 4 }) })),
  leaseReturn: content(control, 'lease.return', fc.record({ id: leaseId, places: fc.integer({ min: 0, max: 4 }) })),
  erased: content(fc.oneof(rosters, floors), 'attendee', fc.constant(null)),
  unknown: content(floors, 'lantern', fc.record({ post })),
  malformed: fc.oneof(
    content(floors, 'checkin', fc.record({ post, ticket, by: fc.constant('thought') })),
    content(floors, 'headcount', fc.constantFrom<unknown>({}, [], 'three', { post: 'b-red', count: 1.5 })),
    content(rosters, 'checkin', fc.record({ post, ticket, by: fc.constant('camera') })),
    content(fc.constant('floor:'), 'headcount', fc.record({ post, count: fc.constant(1) })),
  ),
} satisfies Record<string, fc.Arbitrary<Content>>

const everyKind = fc.oneof(
  ...Object.values(contents),
  // Twice as often: what interferes is what goes wrong.
  contents.checkin, contents.void, contents.revokeDevice, contents.put,
)

const at = fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 1 }))
  .map(([minutes, counter]) => clockAt(time('08:50') + minutes * 60_000, counter))

/** A set of operations: each device's numbered 1, 2, 3 …; their moments in no order at all. */
export function operationSets(maxLength = 30, from: fc.Arbitrary<Content> = everyKind): fc.Arbitrary<Operation[]> {
  return fc.array(fc.tuple(device, at, from), { maxLength }).map((written) => {
    const last = new Map<string, number>()
    return written.map(([device, at, made]) => {
      const n = (last.get(device) ?? 0) + 1
      last.set(device, n)
      return { device, n, at, ...made }
    })
  })
}

/** Some way in which these operations may arrive: any order, some of them again, in batches of any size. */
export function deliveriesOf(operations: readonly Operation[]): fc.Arbitrary<Operation[][]> {
  const again = fc.subarray([...operations])
  const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 })
  return fc.tuple(again, sizes).chain(([repeated, steps]) => {
    const all = [...operations, ...repeated]
    return fc.shuffledSubarray(all.map((_, place) => place), { minLength: all.length }).map((order) => {
      const batches: Operation[][] = []
      for (let start = 0; start < order.length;) {
        const size = steps[batches.length % steps.length] ?? 1
        batches.push(order.slice(start, start + size).flatMap((place) => all[place] ?? []))
        start += size
      }
      return batches
    })
  })
}
