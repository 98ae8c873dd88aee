import { writeTicket } from '../../protocol/ticket'
import { makeTicketId } from '../access/secrets'
import type { TicketRecord } from '../log/log'
import type { FestivalKeys } from './keys'

export type NewTicket = Omit<TicketRecord, 'number'>

/** What a ticket says besides its id. Days are counted from the festival's first. */
export type TicketTerms = Pick<TicketRecord, 'kind' | 'party' | 'from' | 'until'>

/** Signs a ticket with a new random id. */
export async function signTicket(signing: NonNullable<FestivalKeys['signing']>, festivalNumber: number, terms: TicketTerms): Promise<NewTicket> {
  const id = makeTicketId()
  const text = await writeTicket({ id, festival: festivalNumber, key: signing.id, ...terms }, signing.key)
  return { id, key: signing.id, ...terms, text }
}
