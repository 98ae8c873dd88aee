import { randomBytes } from 'node:crypto'
import { clockAt } from '../../../src/domain/clock'
import { encodeCrockford } from '../../../src/protocol/crockford'
import type { Phone } from '../../server/phone'
import { floor } from './server'

const booths = ['b-g1', 'b-g2', 'b-g3', 'b-g4', 'b-g5']
/** A busy gate: one in six seconds, give or take. */
const betweenScans = 6_000

/** What a camera's scan writes at the n-th: each ticket is another one, so each is admitted. */
export function checkInBody(n: number): { post: string; ticket: string; by: string } {
  return { post: booths[n % booths.length] ?? '', ticket: encodeCrockford(randomBytes(5)), by: 'camera' }
}

/** Has a phone write so many check-ins, the last of them now; nothing is sent. */
export function scan(phone: Phone, count: number): void {
  const now = Date.now()
  for (let left = count; left > 0; left--) {
    const at = clockAt(now - left * betweenScans + Math.floor(Math.random() * betweenScans))
    phone.write(floor, 'checkin', checkInBody(left), at)
  }
}
