import { describe, expect, it } from 'vitest'
import { grantsOf, needsVenue, roles, writesOwnVenueOnly } from '../../src/domain/role'
import { grantCovers } from '../../src/domain/stream'

const streams = ['programme', 'control', 'roster:v-main', 'floor:v-main', 'visits:v-main', 'roster:v-east', 'floor:v-east', 'visits:v-east']

/** The table of streams in protocol.md, role by role: r reads, w writes, in the order above. */
const table: Record<(typeof roles)[number], string> = {
  volunteer: 'r  r  rw rw -  -  -  - ',
  host: 'r  r  -  rw -  -  -  - ',
  visitor: 'r  r  -  rw w  -  -  - ',
  lead: 'rw rw rw rw -  -  -  - ',
  organiser: 'rw rw rw rw -  rw rw - ',
}

describe('grants', () => {
  it.each(roles)('of a %s are the table\'s', (role) => {
    const { read, write } = grantsOf(role, role === 'organiser' ? undefined : 'v-main')
    const can = (grants: string[], stream: string) => grants.some((grant) => grantCovers(grant, stream))
    const found = streams.map((stream) => `${can(read, stream) ? 'r' : ''}${can(write, stream) ? 'w' : ''}` || '-')
    expect(found).toEqual(table[role].trim().split(/\s+/))
  })

  it('of all but the organiser are for one venue, and a lead\'s programme is the own venue', () => {
    expect(roles.filter((role) => !needsVenue(role))).toEqual(['organiser'])
    expect(roles.filter(writesOwnVenueOnly)).toEqual(['lead'])
  })
})
