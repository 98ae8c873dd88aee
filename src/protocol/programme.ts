import * as v from 'valibot'
import type { Programme } from '../domain/programme'
import { entitySchemas } from '../domain/entities'

/** `GET /api/programme`: the published programme. */
const { festival, venue, zone, booth, activity, service, link, notice, host } = entitySchemas
export const publishedSchema = v.object({
  v: v.literal(1),
  epoch: v.string(),
  /** How much of the `programme` stream it was made from. */
  seq: v.number(),
  festival: v.optional(festival),
  venues: v.array(venue), zones: v.array(zone), booths: v.array(booth), activities: v.array(activity),
  services: v.array(service), links: v.array(link), notices: v.array(notice), hosts: v.array(host),
})

export interface Published extends Programme {
  v: 1
  epoch: string
  seq: number
}
