import { randomUUID } from 'node:crypto'
import { ticketKinds } from '../../domain/ticket'
import { rosterOf } from '../../domain/stream'
import type { Log } from '../log/log'
import type { Saying } from '../sync/ownDevice'
import { OwnDevice } from '../sync/ownDevice'
import { makePrivateKey, readFestivalKeys, readPrivateKey } from './keys'
import { becomeOwn, makeOwnIdentity } from './ownDevice'
import { sampleAttendees, sampleFestivalId, sampleFestivalNumber, sampleLastDay, sampleProgramme, sampleVenue } from './sample'
import type { NewTicket } from './tickets'
import { signTicket } from './tickets'

/** `a-open` is by invitation; so many of the sample's people are on its list. */
const invitedCount = 12
const invitedGroup = 'a-open'

/**
 * Fills an empty log with the sample festival: its keys, the server's own device, the programme, and 120 people with their tickets. All of it in
 * one transaction, so that a server that dies here starts over with an empty log, and of two that start at once on one database one sets up.
 * @param now milliseconds
 */
export async function setUpSample(log: Log, now: number): Promise<void> {
  const [identity, ticketKey] = await Promise.all([makeOwnIdentity(), makePrivateKey()])
  const own = new OwnDevice(identity.device, await readPrivateKey(identity.deviceKey), sampleFestivalId)
  const people = await samplePeople(ticketKey)
  const sayings = [...programmeSayings(), ...people.map(({ saying }) => saying)]

  await log.write(async (transaction) => {
    if (await transaction.meta('epoch') !== undefined) return
    await transaction.addMeta('epoch', randomUUID())
    await transaction.setMeta('festival', sampleFestivalId)
    await transaction.setMeta('ticketKey', ticketKey)
    await becomeOwn(transaction, identity, now)
    await own.write(transaction, sayings, now)
    await transaction.addTickets(people.map(({ ticket }) => ticket))
  })
}

function programmeSayings(): Saying[] {
  return sampleProgramme().map((body) => ({ stream: 'programme', kind: 'put', body }))
}

interface Person {
  ticket: NewTicket
  saying: Saying
}

async function samplePeople(ticketKey: string): Promise<Person[]> {
  const { signing } = await readFestivalKeys(ticketKey)
  const grownUps = sampleAttendees.filter(({ age_band: ageBand }) => ageBand !== '<14')
  const invited = new Set(grownUps.slice(0, invitedCount).map(({ id }) => id))
  return Promise.all(sampleAttendees.map(async ({ id, alias, phone_last4: phoneTail, age_band: ageBand, consent, source }): Promise<Person> => {
    const kind = ageBand === '<14' ? 'family' : invited.has(id) ? 'invited' : 'resident'
    const party = kind === 'family' ? 2 : 1
    const ticket = await signTicket(signing, sampleFestivalNumber, { kind: ticketKinds.indexOf(kind), party, from: 0, until: sampleLastDay })
    // Their community is not known, only a district, and a roster has no use for that.
    const body = {
      ticket: ticket.id, alias, ...(phoneTail && { phoneTail }), ageBand, ...(invited.has(id) && { group: invitedGroup }), consent, id, source,
    }
    return { ticket, saying: { stream: rosterOf(sampleVenue), kind: 'attendee', body } }
  }))
}
