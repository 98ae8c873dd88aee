import * as v from 'valibot'
import type { ServiceRecord } from '../state'
import { addTo, sheetKey } from '../state'
import { defineKind } from './kind'
import { id, maybe, sheet, text, ticket, wholeNumber } from './fields'

/** 服务: something given at a booth, with or without a ticket. */
export const service = defineKind({
  name: 'service',
  streams: ['floor'],
  schema: v.object({
    booth: id,
    service: id,
    count: wholeNumber,
    outcome: maybe(text),
    ticket: maybe(ticket),
    note: maybe(text),
    queue: maybe(v.union([text, v.number()])),
    sheet: maybe(sheet),
  }),
  apply(state, body, source) {
    const fact: ServiceRecord = { ...body, source }
    addTo(state.services, fact.booth, fact)
    if (fact.sheet !== undefined) addTo(state.sheets, sheetKey(source.stream, fact.sheet), fact)
  },
})
