import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { inviteRequestSchema, joinRequestSchema, joinResponseSchema } from '../../src/protocol/join'
import { problemSchema } from '../../src/protocol/problem'
import { publishedSchema } from '../../src/protocol/programme'
import { syncRequestSchema, syncResponseSchema } from '../../src/protocol/sync'

const accepts = (schema: v.GenericSchema, value: unknown) => v.safeParse(schema, value).success
const key = { kty: 'EC', crv: 'P-256', x: 'qpF4', y: 'XvLG' }

/** The message with each of the wrong values in turn. */
function refusesEach(schema: v.GenericSchema, sound: object, wrong: Record<string, readonly unknown[]>) {
  expect(accepts(schema, sound)).toBe(true)
  for (const [field, values] of Object.entries(wrong)) {
    for (const value of values) expect({ field, value, accepted: accepts(schema, { ...sound, [field]: value }) }).toEqual({ field, value, accepted: false })
  }
}

describe('a sync request', () => {
  const batch = { device: '0123456789ab', from: 41, ops: [], sig: '' }
  const sound = { v: 1, epoch: null, batches: [batch], cursors: { programme: 40 }, have: { 'floor:v-main': { '0123456789ab': 17 } }, leases: {}, clock: 1684546330123, wait: 25, max: 2000 }

  it('needs no more than its version', () => {
    expect(v.parse(syncRequestSchema, { v: 1 })).toEqual({ v: 1, epoch: null, batches: [], cursors: {}, have: {}, leases: {}, wait: 0 })
  })

  it('may have fields that this version doesn\'t know', () => {
    expect(v.parse(syncRequestSchema, { ...sound, lantern: true })).toEqual(sound)
  })

  it('takes operations as they are: each is judged by itself', () => {
    const ops = [null, 7, 'text', { kind: 'lantern' }]
    expect(v.parse(syncRequestSchema, { ...sound, batches: [{ ...batch, ops }] }).batches[0]?.ops).toEqual(ops)
  })

  it('is refused with wrong types', () => {
    refusesEach(syncRequestSchema, sound, {
      v: [2, '1', undefined], epoch: [7], batches: [{}, [{ ...batch, from: 0 }], [{ ...batch, from: 1.5 }], [{ ...batch, ops: {} }], [{ ...batch, sig: null }]],
      cursors: [{ programme: -1 }, { programme: '40' }, { programme: 1.5 }], have: [{ 'floor:v-main': 17 }], clock: ['now'], wait: [-1, '25'], max: [0, 1.5],
    })
  })
})

describe('a sync response', () => {
  const sound = {
    v: 1, epoch: 'e', now: 1684546330500, accepted: { a: 60 }, root: { a: 40 },
    quarantined: [{ device: 'a', n: 57, code: 'stream-not-granted', detail: '' }],
    streams: { 'floor:v-main': { from: 1043, head: 1044, ops: [['b', 1, 6915125576192000, 'checkin', { post: 'b-r1' }], ['a', 57]] } }, more: false,
  }

  it('has operations of others whole, erased ones with null, and the asking device\'s as their names', () => {
    const ops = [['b', 1, 6915125576192000, 'checkin', { post: 'b-r1' }], ['b', 2, 6915125576192001, 'attendee', null], ['a', 57]]
    expect(v.parse(syncResponseSchema, { ...sound, streams: { control: { from: 1, head: 3, ops } } }).streams.control?.ops).toEqual(ops)
  })

  it('is refused when it is nonsense or half an answer', () => {
    refusesEach(syncResponseSchema, sound, {
      v: [2], epoch: [null], now: ['soon'], accepted: [undefined, { a: -1 }], root: [undefined], quarantined: [undefined], more: [undefined, 'no'],
      streams: [undefined, { control: { from: 1, head: 1 } }, { control: { from: 1, head: 1, ops: [['a']] } }, { control: { from: 1, head: 1, ops: [[1, 'a']] } }],
    })
  })
})

describe('joining', () => {
  it('needs a code, a name for the phone and a public key', () => {
    const sound = { code: 'K7M29QX4K7M29QX4', name: ' 南门一号 ', key }
    expect(v.parse(joinRequestSchema, sound).name).toBe('南门一号')
    refusesEach(joinRequestSchema, sound, { code: [7, undefined], name: ['', '  ', 'x'.repeat(61), undefined], key: [undefined, { ...key, crv: 'P-384' }, { ...key, x: 7 }] })
  })

  it('never carries the private part of a key', () => {
    expect(v.parse(joinRequestSchema, { code: 'c', name: 'n', key: { ...key, d: 'secret' } }).key).toEqual(key)
  })

  it('is answered with everything a phone keeps', () => {
    const festival = { id: 'bj-neighbour-2023', number: 20230520, name: '社区邻里节', firstDay: '2023-05-20', lastDay: '2023-05-28', timeZone: 'Asia/Shanghai' }
    refusesEach(joinResponseSchema, { device: 'a', token: 't', role: 'volunteer', venue: 'v-main', streams: ['programme'], festival, ticketKeys: [{ id: 0, key }], epoch: 'e', now: 1 }, {
      device: [undefined], token: [undefined], role: ['resident', undefined], streams: [undefined, 'programme'], festival: [undefined, { ...festival, id: 7 }], ticketKeys: [undefined, [{ id: '0', key }]], epoch: [undefined], now: ['now'],
    })
  })

  it('by an invite is for one phone unless it says otherwise', () => {
    expect(v.parse(inviteRequestSchema, { role: 'organiser' })).toEqual({ role: 'organiser', label: '', uses: 1 })
    refusesEach(inviteRequestSchema, { role: 'lead', venue: 'v-main', label: '南门', uses: 2, expires: '2023-05-28T00:00:00+08:00' }, {
      role: ['resident', undefined], venue: [7], label: ['x'.repeat(61)], uses: [0, 1001, 1.5], expires: ['tomorrow'],
    })
  })
})

describe('the published programme', () => {
  const activity = { id: 'a', venue: 'v-main', name: { zh: '开幕' }, start: '2023-05-20T09:00:00+08:00', end: '2023-05-20T10:00:00+08:00' }
  const sound = { v: 1, epoch: 'e', seq: 7, venues: [], zones: [], booths: [], activities: [activity], services: [], links: [], notices: [], hosts: [] }

  it('is read without what this version can\'t read in it', () => {
    const { activities } = v.parse(publishedSchema, { ...sound, activities: [{ ...activity, id: 'new', status: 'postponed' }, activity, null] })
    expect(activities.map(({ id }) => id)).toEqual(['a'])
  })

  it('keeps fields that this version doesn\'t know', () => {
    expect(v.parse(publishedSchema, { ...sound, activities: [{ ...activity, lantern: true }] }).activities).toMatchObject([{ lantern: true }])
  })

  it('is refused when it is another thing, or half of it', () => {
    refusesEach(publishedSchema, sound, { v: [2], epoch: [undefined], seq: [null], venues: [undefined, {}], activities: [undefined, 'none'] })
  })
})

describe('a problem', () => {
  it('has a code, whatever else it says', () => {
    expect(v.parse(problemSchema, { code: 'gap', need: 41, lantern: true })).toEqual({ code: 'gap', need: 41, lantern: true })
    refusesEach(problemSchema, { code: 'gap' }, { code: [undefined, 409], need: ['41'], epoch: [7] })
  })
})
