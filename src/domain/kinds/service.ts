import * as v from 'valibot'
import type { ServiceRecord } from '../state'
import { addTo, sheetKey } from '../state'
import { defineKind } from './kind'
import { id, sheet, text, ticket, wholeNumber } from './fields'

/** 服务: something given at a booth, with or without a ticket. */
export const service = defineKind({
  name: 'service',
  streams: ['floor'],
  schema: v.object({
    booth: id,
    service: id,
    count: wholeNumber,
    outcome: v.optional(text),
    ticket: v.optional(ticket),
    note: v.optional(text),
    queue: v.optional(v.union([text, v.number()])),
    sheet: v.optional(sheet),
  }),
  apply(state, body, source) {
    const fact: ServiceRecord = { ...body, source }
    addTo(state.services, fact.booth, fact)
    if (fact.sheet !== undefined) addTo(state.sheets, sheetKey(source.stream, fact.sheet), fact)
  },
})
