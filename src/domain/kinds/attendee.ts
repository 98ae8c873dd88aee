import * as v from 'valibot'
import type { AttendeeFields } from '../state'
import { addTo } from '../state'
import { defineKind } from './kind'
import { text, ticket } from './fields'

/** 登记: what is known of a ticket's holder. Field by field the last writer wins. */
export const attendee = defineKind({
  name: 'attendee',
  streams: ['roster'],
  schema: v.object({
    ticket,
    alias: v.nullish(text),
    phoneTail: v.nullish(text),
    ageBand: v.nullish(text),
    community: v.nullish(text),
    group: v.nullish(text),
    consent: v.optional(v.unknown()),
  }),
  apply(state, { ticket, ...written }, source) {
    const fields = Object.fromEntries(Object.entries(written).filter(([, value]) => value != null))
    addTo(state.attendees, ticket, { fields: fields as AttendeeFields, source })
  },
})

/** 忘记: removes everything known of a ticket's holder, before and after. */
export const attendeeForget = defineKind({
  name: 'attendee.forget',
  streams: ['roster'],
  schema: v.object({ ticket }),
  apply(state, { ticket }, source) {
    addTo(state.forgotten, ticket, { source })
  },
})
