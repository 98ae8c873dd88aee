import * as v from 'valibot'
import type { Headcount } from '../state'
import { addTo, sheetKey } from '../state'
import { defineKind } from './kind'
import { id, maybe, sheet, text, wholeNumber } from './fields'

/** 无码计数: people counted without identity. The count may be negative, to take back. */
export const headcount = defineKind({
  name: 'headcount',
  streams: ['floor'],
  schema: v.object({ post: id, count: wholeNumber, ageBand: maybe(text), sheet: maybe(sheet) }),
  apply(state, body, source) {
    const fact: Headcount = { ...body, source }
    addTo(state.headcounts, fact.post, fact)
    if (fact.sheet !== undefined) addTo(state.sheets, sheetKey(source.stream, fact.sheet), fact)
  },
})
