import * as v from 'valibot'
import { addTo, targetKey } from '../state'
import { streamClasses } from '../stream'
import { defineKind } from './kind'
import { id, maybe, sequenceNumber, text } from './fields'

/** 撤销: what it names, in its own stream, no longer counts. It wins over everything, and nothing voids a void. */
export const voiding = defineKind({
  name: 'void',
  streams: streamClasses,
  schema: v.object({ device: id, n: sequenceNumber, reason: maybe(text) }),
  apply(state, { device, n }, source) {
    addTo(state.voids, targetKey(source.stream, { device, n }), { source })
    if (source.stream === 'programme') state.programmeVersion++
  },
})
