import { describe, expect, it } from 'vitest'
import { checkBody } from '../../src/domain/kinds'
import { floor, roster } from './story'

const sound = {
  put: { stream: 'programme', body: { type: 'zone', id: 'z', value: {} } },
  remove: { stream: 'programme', body: { type: 'zone', id: 'z' } },
  attendee: { stream: roster, body: { ticket: 'K7M29QX4' } },
  'attendee.forget': { stream: roster, body: { ticket: 'K7M29QX4' } },
  checkin: { stream: floor, body: { post: 'b', ticket: 'K7M29QX4', by: 'camera' } },
  headcount: { stream: floor, body: { post: 'b', count: -1 } },
  service: { stream: floor, body: { booth: 'b', service: 's', count: 1 } },
  void: { stream: floor, body: { device: 'a', n: 1, reason: '' } },
  'ticket.revoke': { stream: 'control', body: { ticket: 'K7M29QX4' } },
  'device.revoke': { stream: 'control', body: { device: 'a', after: 0 } },
  lease: { stream: 'control', body: { id: 'a-1', activity: 'x', device: 'a', places: 0 } },
  'lease.return': { stream: 'control', body: { id: 'a-1', places: 2 } },
}
const kinds = Object.entries(sound)

describe('a body', () => {
  it.each(kinds)('of %s is accepted with what the fold needs', (kind, { stream, body }) => {
    expect(checkBody({ stream, kind, body })).toMatchObject({ ok: true, known: true, body })
  })

  it.each(kinds)('of %s is accepted with fields that this version doesn\'t know', (kind, { stream, body }) => {
    expect(checkBody({ stream, kind, body: { ...body, lantern: { lit: true } } })).toMatchObject({ ok: true, known: true })
  })

  it.each(kinds)('of %s is refused without any one of them', (kind, { stream, body }) => {
    for (const field of Object.keys(body)) {
      if (kind === 'void' && field === 'reason') continue
      expect(checkBody({ stream, kind, body: { ...body, [field]: undefined } })).toMatchObject({ ok: false })
    }
  })

  it.each(kinds)('of %s is refused when it is no object', (kind, { stream }) => {
    for (const body of [null, undefined, 3, 'text', []]) expect(checkBody({ stream, kind, body })).toMatchObject({ ok: false })
  })

  it.each(kinds)('of %s is refused in a stream of another class', (kind, { stream, body }) => {
    if (kind === 'void') return
    for (const other of ['programme', 'control', roster, floor, 'visits:v-main'].filter((name) => name !== stream)) {
      expect(checkBody({ stream: other, kind, body })).toEqual({ ok: false, detail: `${kind} does not belong in ${other}` })
    }
  })

  it('may have null where a field may be left out', () => {
    const optional = { override: null, sheet: null, ageBand: null, outcome: null, ticket: null, note: null, queue: null, alias: null, venue: null }
    for (const [kind, { stream, body }] of kinds) {
      expect(checkBody({ stream, kind, body: { ...optional, ...body } })).toMatchObject({ ok: true, known: true, body })
    }
    const { body } = checkBody({ stream: floor, kind: 'checkin', body: { ...sound.checkin.body, sheet: null } }) as { body: { sheet?: string } }
    expect(body.sheet).toBeUndefined()
  })

  it('has a sheet\'s line as text, also where it was numbered', () => {
    expect(checkBody({ stream: floor, kind: 'headcount', body: { post: 'b', count: 1, sheet: 12 } })).toMatchObject({ body: { sheet: '12' } })
  })

  it.each([
    ['checkin', { by: 'thought' }], ['checkin', { post: '' }], ['checkin', { ticket: 7 }], ['checkin', { override: false }],
    ['headcount', { count: 1.5 }], ['headcount', { count: '1' }], ['service', { count: 2 ** 53 }],
    ['void', { n: 0 }], ['void', { n: 1.5 }], ['device.revoke', { after: -1 }], ['put', { type: 'circus' }], ['put', { value: 'red' }],
  ] as const)('of %s is refused with %j', (kind, wrong) => {
    const { stream, body } = sound[kind]
    expect(checkBody({ stream, kind, body: { ...body, ...wrong } })).toMatchObject({ ok: false })
  })

  it('says which field is wrong without quoting it', () => {
    const check = checkBody({ stream: roster, kind: 'attendee', body: { ticket: 'K7M29QX4', phoneTail: 13800000847 } })
    expect(check).toMatchObject({ ok: false, detail: expect.stringContaining('phoneTail') as string })
    expect(JSON.stringify(check)).not.toContain('0847')
  })

  it('of an unknown kind is none of our business', () => {
    expect(checkBody({ stream: floor, kind: 'lantern', body: 7 })).toEqual({ ok: true, known: false })
    expect(checkBody({ stream: floor, kind: 'constructor', body: 7 })).toEqual({ ok: true, known: false })
  })
})
