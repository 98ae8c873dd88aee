import * as v from 'valibot'
import { roles } from '../domain/role'

/** `POST /api/join` and `POST /api/invites`. */

export const publicKeySchema = v.object({ kty: v.literal('EC'), crv: v.literal('P-256'), x: v.string(), y: v.string() })

export const joinRequestSchema = v.object({
  code: v.string(),
  /** What people call this phone: 理发二号手机. */
  name: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(60)),
  key: publicKeySchema,
})

export const joinResponseSchema = v.object({
  device: v.string(),
  token: v.string(),
  role: v.picklist(roles),
  venue: v.nullish(v.string()),
  /** Streams granted; an organiser's may be patterns such as `floor:*`. */
  streams: v.array(v.string()),
  festival: v.object({
    id: v.string(), number: v.number(), name: v.string(),
    firstDay: v.string(), lastDay: v.string(), timeZone: v.string(),
  }),
  ticketKeys: v.array(v.object({ id: v.number(), key: publicKeySchema })),
  epoch: v.string(),
  now: v.number(),
})
export type JoinResponse = v.InferOutput<typeof joinResponseSchema>

export const inviteRequestSchema = v.object({
  role: v.picklist(roles),
  venue: v.nullish(v.string()),
  /** What the organiser calls it; shown in the list of devices. */
  label: v.optional(v.pipe(v.string(), v.maxLength(60)), ''),
  /** How many phones may join with it. */
  uses: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(1000)), 1),
  /** The moment it ends, in milliseconds or ISO 8601; a week from now when left out. */
  expires: v.nullish(v.union([v.pipe(v.number(), v.safeInteger(), v.minValue(0)), v.pipe(v.string(), v.check((text) => !Number.isNaN(Date.parse(text)), 'an ISO 8601 instant'))])),
})
