import * as v from 'valibot'
import { roles } from '../../../domain/role'

/** What the server answers to the console's questions, as far as the console reads it (docs/protocol.md, "The other addresses"). */

const count = v.number()
const measures = {
  visits: count, people: count, headcount: count,
  services: v.array(v.object({ service: v.string(), unit: v.string(), outcome: v.optional(v.string()), count })),
}

export const reportSchema = v.object({
  asOf: v.string(),
  total: v.object(measures),
  rows: v.array(v.object({ key: v.string(), ...measures })),
  /** Devices that may still hold records. */
  waiting: v.array(v.object({ device: v.string(), name: v.string(), lastHeard: v.nullish(v.string()), atLeast: v.optional(count) })),
})
export type Report = v.InferOutput<typeof reportSchema>

export const inviteSchema = v.object({
  code: v.string(), link: v.string(), role: v.picklist(roles), venue: v.nullish(v.string()), uses: count,
  /** Milliseconds. */
  expires: count,
})
export type Invite = v.InferOutput<typeof inviteSchema>

export const ticketsSchema = v.object({
  tickets: v.array(v.object({
    number: count, id: v.string(), code: v.string(), kind: v.string(), party: count, text: v.string(), alias: v.optional(v.string()),
  })),
  more: v.boolean(),
})
export type PrintedTicket = v.InferOutput<typeof ticketsSchema>['tickets'][number]
