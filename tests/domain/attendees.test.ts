import { describe, expect, it } from 'vitest'
import { attendeeOf, isForgotten, isRevoked } from '../../src/domain/attendees'
import { stateOf } from '../../src/domain/fold'
import type { Operation } from '../../src/domain/operation'
import { phone, roster, time, voiding } from './story'

const ticket = 'K7M29QX4'

/** What the roster knows, the same whichever way round it was heard. */
function known(...operations: Operation[]) {
  const found = attendeeOf(stateOf(operations), ticket)
  expect(attendeeOf(stateOf(operations.toReversed()), ticket)).toEqual(found)
  return found
}

describe('an attendee', () => {
  it('is nobody before something is written', () => {
    expect(known(phone('a')(roster, 'attendee', { ticket: '0000000A', alias: '海棠' }))).toBeUndefined()
  })

  it('has each field from its last writer', () => {
    const a = phone('a')
    const b = phone('b')
    expect(known(
      a(roster, 'attendee', { ticket, alias: '海棠', community: 'com-1', phoneTail: '0847' }, time('09:00')),
      b(roster, 'attendee', { ticket, alias: '银杏' }, time('09:02')),
      a(roster, 'attendee', { ticket, alias: '玉兰', community: 'com-2' }, time('09:01')),
    )).toEqual({ ticket, alias: '银杏', community: 'com-2', phoneTail: '0847' })
  })

  it('has at one moment the greater device\'s, then the greater number\'s', () => {
    const a = phone('a')
    const b = phone('b')
    const write = (by: typeof a, alias: string) => by(roster, 'attendee', { ticket, alias })
    expect(known(write(b, 'b1'), write(a, 'a1'), write(a, 'a2'))).toEqual({ ticket, alias: 'b1' })
    const later = Array.from({ length: 10 }, (_, i) => write(a, `a${i + 3}`))
    expect(known(...later)).toEqual({ ticket, alias: 'a12' })
  })

  it('keeps a field that a later writer leaves out or empty of value', () => {
    const a = phone('a')
    expect(known(
      a(roster, 'attendee', { ticket, alias: '海棠', group: 'invited', consent: { attendance: true } }, time('09:00')),
      a(roster, 'attendee', { ticket, alias: null }, time('09:01')),
    )).toEqual({ ticket, alias: '海棠', group: 'invited', consent: { attendance: true } })
  })

  it('is as before when the last writing is voided', () => {
    const a = phone('a')
    const first = a(roster, 'attendee', { ticket, alias: '海棠' }, time('09:00'))
    const second = a(roster, 'attendee', { ticket, alias: '银杏' }, time('09:01'))
    expect(known(first, second, a(roster, 'void', voiding(second)))).toEqual({ ticket, alias: '海棠' })
    expect(known(first, a(roster, 'void', voiding(first)))).toBeUndefined()
  })

  it('is written by no revoked device', () => {
    const a = phone('a')
    const first = a(roster, 'attendee', { ticket, alias: '海棠' }, time('09:00'))
    const second = a(roster, 'attendee', { ticket, alias: '银杏' }, time('09:01'))
    expect(known(first, second, phone('b')('control', 'device.revoke', { device: 'a', after: 1 }))).toEqual({ ticket, alias: '海棠' })
  })
})

describe('forgetting', () => {
  it('wins over everything, before and after, in any order and from another roster', () => {
    const a = phone('a')
    const operations = [
      a(roster, 'attendee', { ticket, alias: '海棠' }, time('09:00')),
      phone('b')('roster:v-east', 'attendee.forget', { ticket }, time('09:01')),
      a(roster, 'attendee', { ticket, alias: '海棠' }, time('09:02')),
    ]
    expect(known(...operations)).toBeUndefined()
    expect(isForgotten(stateOf(operations), ticket)).toBe(true)
    expect(isForgotten(stateOf(operations), '0000000A')).toBe(false)
  })

  it('can\'t be voided: what was blanked can\'t come back', () => {
    const a = phone('a')
    const forget = a(roster, 'attendee.forget', { ticket })
    expect(known(a(roster, 'attendee', { ticket, alias: '海棠' }), forget, a(roster, 'void', voiding(forget)))).toBeUndefined()
  })

  it('by a revoked device counts nowhere', () => {
    expect(known(
      phone('a')(roster, 'attendee', { ticket, alias: '海棠' }), phone('lost')(roster, 'attendee.forget', { ticket }),
      phone('b')('control', 'device.revoke', { device: 'lost', after: 0 }),
    )).toEqual({ ticket, alias: '海棠' })
  })
})

describe('a revoked ticket', () => {
  it('is revoked until that is voided', () => {
    const a = phone('a')
    const revocation = a('control', 'ticket.revoke', { ticket })
    expect(isRevoked(stateOf([revocation]), ticket)).toBe(true)
    expect(isRevoked(stateOf([revocation]), '0000000A')).toBe(false)
    expect(isRevoked(stateOf([a('control', 'void', voiding(revocation)), revocation]), ticket)).toBe(false)
  })
})
