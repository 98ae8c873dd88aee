import * as v from 'valibot'
import { addTo } from '../state'
import { defineKind } from './kind'
import { id, maybe } from './fields'

/** What a programme is made of. */
export const entityTypes = ['festival', 'venue', 'zone', 'booth', 'activity', 'service', 'link', 'notice', 'host'] as const
export type EntityType = (typeof entityTypes)[number]

const target = { type: v.picklist(entityTypes), id, venue: maybe(id) }

/** 写入: sets one thing of the programme to a value. The last writer wins, thing by thing. */
export const put = defineKind({
  name: 'put',
  streams: ['programme'],
  schema: v.object({ ...target, value: v.record(v.string(), v.unknown()) }),
  apply(state, { type, id, venue, value }, source) {
    addTo(state.puts, `${type}/${id}`, { type, id, venue, value, source })
    state.programmeVersion++
  },
})

/** 移除: takes one thing out of the programme; a later `put` brings it back. */
export const remove = defineKind({
  name: 'remove',
  streams: ['programme'],
  schema: v.object(target),
  apply(state, { type, id, venue }, source) {
    addTo(state.puts, `${type}/${id}`, { type, id, venue, source })
    state.programmeVersion++
  },
})
