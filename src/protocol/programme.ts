import * as v from 'valibot'
import type { Programme } from '../domain/programme'
import { entitySchemas } from '../domain/entities'

/** A list without what can't be read: an older page must not lose the programme over one thing of a newer server's. */
function readable<Schema extends v.GenericSchema>(schema: Schema) {
  return v.pipe(v.array(v.unknown()), v.transform((entries): v.InferOutput<Schema>[] => entries.flatMap((entry) => {
    const read = v.safeParse(schema, entry)
    return read.success ? [read.output] : []
  })))
}

/** `GET /api/programme`: the published programme. */
const { festival, venue, zone, booth, activity, service, link, notice, host } = entitySchemas
export const publishedSchema = v.object({
  v: v.literal(1),
  epoch: v.string(),
  /** How much of the `programme` stream it was made from. */
  seq: v.number(),
  festival: v.optional(festival),
  venues: readable(venue), zones: readable(zone), booths: readable(booth), activities: readable(activity),
  services: readable(service), links: readable(link), notices: readable(notice), hosts: readable(host),
})

export interface Published extends Programme {
  v: 1
  epoch: string
  seq: number
}
