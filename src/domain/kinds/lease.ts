import * as v from 'valibot'
import { addTo } from '../state'
import { defineKind } from './kind'
import { id, wholeNumber } from './fields'

const places = v.pipe(wholeNumber, v.minValue(0))

/** 名额: places of an activity that one phone may give away by itself. None at all: the phone asked, and nothing was free. */
export const lease = defineKind({
  name: 'lease',
  streams: ['control'],
  schema: v.object({ id, activity: id, device: id, places }),
  apply(state, { id, activity, device, places }, source) {
    addTo(state.leases, activity, { id, activity, device, places, source })
  },
})

/** 退回名额: so many places of a lease will never be used by whoever holds it. Several about one lease add up. */
export const leaseReturn = defineKind({
  name: 'lease.return',
  streams: ['control'],
  schema: v.object({ id, places }),
  apply(state, { id, places }, source) {
    addTo(state.leaseReturns, id, { id, places, source })
  },
})
