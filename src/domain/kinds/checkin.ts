import * as v from 'valibot'
import type { CheckIn } from '../state'
import { addTo, sheetKey } from '../state'
import { defineKind } from './kind'
import { id, maybe, sheet, text, ticket } from './fields'

const ways = ['camera', 'keyboard', 'typed', 'tail', 'name', 'walk-in', 'picture', 'paper'] as const

/** 签到: one ticket seen at one post. */
export const checkin = defineKind({
  name: 'checkin',
  streams: ['floor'],
  schema: v.object({
    post: id,
    ticket,
    by: v.picklist(ways),
    override: maybe(v.union([text, v.literal(true)])),
    sheet: maybe(sheet),
  }),
  apply(state, body, source) {
    const { post, ticket, by, override, sheet } = body
    // Named one by one, and without what nearly none has: of a festival's million check-ins each is then half as large in memory.
    const fact: CheckIn = override === undefined && sheet === undefined ? { post, ticket, by, source } : { post, ticket, by, override, sheet, source }
    let tickets = state.checkIns.get(fact.post)
    if (!tickets) state.checkIns.set(fact.post, (tickets = new Map()))
    addTo(tickets, fact.ticket, fact)
    if (fact.sheet !== undefined) addTo(state.sheets, sheetKey(source.stream, fact.sheet), fact)
  },
})
