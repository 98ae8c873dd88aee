import { describe, expect, it } from 'vitest'
import type { PostRule } from '../../src/domain/entities'
import { stateOf } from '../../src/domain/fold'
import type { Operation } from '../../src/domain/operation'
import type { Post } from '../../src/domain/post'
import { postOf } from '../../src/domain/post'
import { programmeOf } from '../../src/domain/programme'
import type { Ticket, TicketFault } from '../../src/domain/ticket'
import { ticketFaults, ticketKinds } from '../../src/domain/ticket'
import type { Scan } from '../../src/domain/verdict'
import { judge } from '../../src/domain/verdict'
import { festivalValue, floor, phone, roster, time, voiding } from './story'

const id = 'K7M29QX4'
const festival = programmeOf(stateOf([phone('o')('programme', 'put', { type: 'festival', id: 'f', value: festivalValue })])).festival
if (!festival) throw new Error('the festival of these tests must be readable')
const sample = { ...festival, sample: true }

const gate: Post = { id: 'gate', venue: 'v-main', rule: 'once', inviteOnly: false, groups: [] }
const hall: Post = { ...gate, id: 'hall', inviteOnly: true, groups: ['invited', 'press'] }
const withRule = (rule: PostRule): Post => ({ ...gate, rule })

const signed = (change: Partial<Ticket> = {}): Scan =>
  ({ by: 'camera', reading: { ok: true, ticket: { id, festival: 20230520, key: 0, kind: 0, party: 1, from: 0, until: 8, ...change } } })
const faulty = (code: TicketFault, ticket?: Partial<Ticket>): Scan => {
  const { reading } = signed(ticket) as { reading: { ticket: Ticket } }
  return { by: 'camera', reading: { ok: false, code, ticket: ticket && reading.ticket } }
}
const typed: Scan = { by: 'typed', id }

const write = phone('a')
const revoked = write('control', 'ticket.revoke', { ticket: id })
const known = write(roster, 'attendee', { ticket: id, alias: '海棠' })
const guest = write(roster, 'attendee', { ticket: id, alias: '海棠', group: 'invited' })
const seen = (post: Post, milliseconds: number, more = {}) => write(floor, 'checkin', { post: post.id, ticket: id, by: 'camera', ...more }, milliseconds)

function verdict(scan: Scan, { post = gate, heard = [] as Operation[], now = time('10:00'), at = festival } = {}) {
  if (!at) throw new Error('no festival')
  return judge(stateOf(heard), at, post, scan, now)
}

describe('refused', () => {
  it.each(ticketFaults)('for a reading that says %s, before everything else', (code) => {
    expect(verdict(faulty(code), { heard: [revoked, seen(hall, time('09:00'))], post: hall }))
      .toEqual({ kind: 'refused', reason: code, ticket: undefined })
  })

  it('with the ticket where a person may decide: the key unknown or the signature wrong', () => {
    const named = ticketFaults.filter((code) => {
      const found = verdict(faulty(code, {}))
      return found.kind === 'refused' && found.ticket === id
    })
    expect(named).toEqual(['unknown-key', 'bad-signature'])
  })

  it('when the ticket is revoked, signed or typed, until the revocation is voided', () => {
    expect(verdict(signed(), { heard: [revoked] })).toEqual({ kind: 'refused', reason: 'revoked', ticket: id })
    expect(verdict(typed, { heard: [revoked, known] })).toEqual({ kind: 'refused', reason: 'revoked', ticket: id })
    expect(verdict(signed(), { heard: [revoked, write('control', 'void', voiding(revoked))] }).kind).toBe('admitted')
  })

  it('on a day for which the ticket is not, by the festival\'s midnight', () => {
    const second = signed({ from: 1, until: 1 })
    const notToday = { kind: 'refused', reason: 'not-today', ticket: id, validDays: { from: 1, until: 1 } }
    expect(verdict(second, { now: time('23:59:59.999') })).toEqual(notToday)
    expect(verdict(second, { now: time('00:00', 1) }).kind).toBe('admitted')
    expect(verdict(second, { now: time('23:59:59.999', 1) }).kind).toBe('admitted')
    expect(verdict(second, { now: time('00:00', 2) })).toEqual(notToday)
    expect(verdict(signed(), { now: time('23:59:59.999', -1) })).toMatchObject({ reason: 'not-today' })
    expect(verdict(signed(), { now: time('00:00', 9) })).toMatchObject({ reason: 'not-today' })
  })

  it('not for its day when it is typed: an id says no days', () => {
    expect(verdict(typed, { heard: [known], now: time('00:00', 99) }).kind).toBe('admitted')
  })

  it('at an activity by invitation, for who is not on the list', () => {
    const notInvited = { kind: 'refused', reason: 'not-invited', ticket: id }
    expect(verdict(signed(), { post: hall })).toEqual(notInvited)
    expect(verdict(typed, { post: hall })).toEqual(notInvited)
    expect(verdict(signed(), { post: hall, heard: [known] })).toEqual(notInvited)
    expect(verdict(signed(), { post: { ...hall, groups: ['press'] }, heard: [guest] })).toEqual(notInvited)
    expect(verdict(signed(), { post: { ...hall, groups: [] }, heard: [known] })).toEqual(notInvited)
  })

  it('not at an activity by invitation, for a group of the roster or a ticket that is itself one', () => {
    expect(verdict(signed(), { post: hall, heard: [guest] }).kind).toBe('admitted')
    expect(verdict(typed, { post: hall, heard: [guest] }).kind).toBe('admitted')
    const kinds = [...ticketKinds.keys()].filter((kind) => verdict(signed({ kind }), { post: hall }).kind === 'admitted')
    expect(kinds.map((kind) => ticketKinds[kind])).toEqual(['invited', 'volunteer', 'host'])
  })

  it('for the first reason: revoked, then the day, then the invitation, then what is not a refusal', () => {
    const wrongDay = signed({ from: 3, until: 4 })
    const here = seen(hall, time('09:59'))
    const reason = (scan: Scan, heard: Operation[]) => {
      const found = verdict(scan, { post: hall, heard })
      return found.kind === 'refused' ? found.reason : found.kind
    }
    expect(reason(wrongDay, [revoked, here])).toBe('revoked')
    expect(reason(wrongDay, [here])).toBe('not-today')
    expect(reason(signed(), [here])).toBe('not-invited')
    expect(reason(signed({ kind: 2 }), [here])).toBe('repeat')
  })
})

describe('repeat', () => {
  const kind = (rule: PostRule, earlier: number, now: number) =>
    verdict(signed(), { post: withRule(rule), heard: [seen(gate, earlier)], now }).kind

  it('once: ever', () => {
    expect(kind('once', time('09:00'), time('21:00', 8))).toBe('repeat')
  })

  it('daily: today in the festival\'s zone', () => {
    expect(kind('daily', time('00:00', 1), time('23:59:59.999', 1))).toBe('repeat')
    expect(kind('daily', time('23:59:59.999'), time('00:00', 1))).toBe('admitted')
  })

  it('visit: within ten minutes', () => {
    expect(kind('visit', time('09:00'), time('09:10'))).toBe('repeat')
    expect(kind('visit', time('09:00'), time('09:10:00.001'))).toBe('admitted')
  })

  it('says which check-in was first, and who it is', () => {
    const first = seen(gate, time('09:00'))
    expect(verdict(signed(), { heard: [seen(gate, time('09:30')), first, known] })).toMatchObject({
      kind: 'repeat', ticket: id, attendee: { alias: '海棠' }, first: { post: 'gate', source: { device: first.device, n: first.n } },
    })
  })

  it('is of this post and this ticket alone', () => {
    const other = write(floor, 'checkin', { post: 'gate', ticket: '0000000A', by: 'camera' })
    expect(verdict(signed(), { heard: [seen(hall, time('09:59')), other] }).kind).toBe('admitted')
  })

  it('is of what another venue\'s phone heard of too, and of one admitted anyway', () => {
    const elsewhere = phone('b')('floor:v-east', 'checkin', { post: 'gate', ticket: id, by: 'camera' })
    expect(verdict(signed(), { heard: [elsewhere] }).kind).toBe('repeat')
    expect(verdict(signed(), { heard: [seen(gate, time('09:00'), { override: 'known to me' })] }).kind).toBe('repeat')
  })

  it('is none after an undo, or after the phone was revoked', () => {
    const first = seen(gate, time('09:00'))
    expect(verdict(signed(), { heard: [first, write(floor, 'void', voiding(first))] }).kind).toBe('admitted')
    const lost = phone('lost')(floor, 'checkin', { post: 'gate', ticket: id, by: 'camera' })
    expect(verdict(signed(), { heard: [lost, write('control', 'device.revoke', { device: 'lost', after: 0 })] }).kind).toBe('admitted')
  })

  it('comes before unverified: a typed id that was let in is here already', () => {
    expect(verdict(typed, { heard: [seen(gate, time('09:00'))] }).kind).toBe('repeat')
  })
})

describe('unverified', () => {
  it('is an id by hand that this phone\'s roster does not have', () => {
    expect(verdict(typed)).toEqual({ kind: 'unverified', ticket: id })
    expect(verdict(typed, { heard: [write(roster, 'attendee', { ticket: '0000000A', alias: '海棠' })] }).kind).toBe('unverified')
  })

  it('is also one that was forgotten, or whose registration was voided', () => {
    expect(verdict(typed, { heard: [known, write(roster, 'attendee.forget', { ticket: id })] }).kind).toBe('unverified')
    expect(verdict(typed, { heard: [known, write(roster, 'void', voiding(known))] }).kind).toBe('unverified')
  })
})

describe('admitted', () => {
  it('is a ticket whose signature holds, on the roster or not', () => {
    expect(verdict(signed())).toEqual({ kind: 'admitted', ticket: id })
    expect(verdict(signed(), { heard: [known] })).toEqual({ kind: 'admitted', ticket: id, attendee: { ticket: id, alias: '海棠' } })
  })

  it('is an id by hand that the roster has', () => {
    expect(verdict(typed, { heard: [known] })).toEqual({ kind: 'admitted', ticket: id, attendee: { ticket: id, alias: '海棠' } })
  })

  it('is a sample\'s ticket of the first day on any day outside the sample\'s own', () => {
    const first = signed({ from: 0, until: 0 })
    const years = Date.parse('2026-11-24T10:00:00+08:00')
    expect(verdict(first, { at: sample, now: years }).kind).toBe('admitted')
    expect(verdict(first, { at: sample, now: time('10:00', -1) }).kind).toBe('admitted')
    expect(verdict(first, { at: sample, now: time('10:00', 1) })).toMatchObject({ reason: 'not-today' })
    expect(verdict(signed({ from: 1, until: 8 }), { at: sample, now: years })).toMatchObject({ reason: 'not-today' })
    expect(verdict(first, { now: years })).toMatchObject({ reason: 'not-today' })
  })

  it('a sample\'s daily rule goes by true days all the same', () => {
    const day = (count: number) => Date.parse('2026-11-24T10:00:00+08:00') + count * 86_400_000
    const repeat = (now: number) => verdict(signed(), { post: withRule('daily'), heard: [seen(gate, day(0))], at: sample, now }).kind
    expect(repeat(day(0) + 60_000)).toBe('repeat')
    expect(repeat(day(1))).toBe('admitted')
  })
})

describe('a post', () => {
  const activity = { venue: 'v-main', name: { zh: '开幕' }, start: '2023-05-20T09:00:00+08:00', end: '2023-05-20T10:00:00+08:00' }
  const programme = programmeOf(stateOf([
    write('programme', 'put', { type: 'activity', id: 'a1', value: { ...activity, zone: 'z-red', booth: 'b1', signup: 'invite', groups: ['press'] } }),
    write('programme', 'put', { type: 'activity', id: 'a2', value: { ...activity, rule: 'daily' } }),
    write('programme', 'put', { type: 'booth', id: 'b1', value: { venue: 'v-main', name: { zh: '理发' }, zone: 'z-red' } }),
    write('programme', 'put', { type: 'booth', id: 'b2', value: { venue: 'v-main', name: { zh: '义诊' }, rule: 'once' } }),
  ]))

  it('of an activity is come to once, and of a booth again, unless it says otherwise', () => {
    expect(['a1', 'a2', 'b1', 'b2'].map((each) => postOf(programme, each)?.rule)).toEqual(['once', 'daily', 'visit', 'once'])
  })

  it('knows its place, its list and its activity', () => {
    expect(postOf(programme, 'a1')).toMatchObject({ venue: 'v-main', zone: 'z-red', booth: 'b1', inviteOnly: true, groups: ['press'], activity: { id: 'a1' } })
    expect(postOf(programme, 'b1')).toMatchObject({ venue: 'v-main', zone: 'z-red', booth: 'b1', inviteOnly: false, groups: [] })
    expect(postOf(programme, 'b3')).toBeUndefined()
  })
})
