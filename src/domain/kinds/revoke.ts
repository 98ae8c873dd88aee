import * as v from 'valibot'
import { cutsOf } from '../standing'
import { addTo } from '../state'
import { defineKind } from './kind'
import { id, ticket, wholeNumber } from './fields'

/** 作废签到码: a ticket that admits nobody any more. A `void` of it takes it back. */
export const ticketRevoke = defineKind({
  name: 'ticket.revoke',
  streams: ['control'],
  schema: v.object({ ticket }),
  apply(state, { ticket }, source) {
    addTo(state.ticketRevocations, ticket, { source })
  },
})

/** 停用设备: what that device wrote with `n` greater than `after` counts nowhere. */
export const deviceRevoke = defineKind({
  name: 'device.revoke',
  streams: ['control'],
  schema: v.object({ device: id, after: v.pipe(wholeNumber, v.minValue(0)) }),
  apply(state, { device, after }, source) {
    state.revocations.push({ device, after, source })
    state.cuts = cutsOf(state.revocations)
    state.programmeVersion++
  },
})
