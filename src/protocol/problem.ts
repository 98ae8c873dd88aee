import * as v from 'valibot'

/**
 * Errors over HTTP: RFC 9457 problem JSON with a stable `code`. The codes and their status are part of the protocol; the sentence is for
 * people and may change.
 */
export const problemStatus = {
  'malformed-request': 400,
  'unknown-version': 400,
  'bad-signature': 400,
  'unknown-device': 400,
  'no-token': 401,
  'unknown-token': 401,
  'stream-not-granted': 403,
  'role-not-allowed': 403,
  'venue-not-allowed': 403,
  'device-revoked': 403,
  'invite-unknown': 404,
  'not-found': 404,
  fork: 409,
  gap: 409,
  epoch: 409,
  'invite-used': 410,
  'invite-expired': 410,
  'too-large': 413,
  'too-many-requests': 429,
  'server-fault': 500,
  'not-ready': 503,
  /** A hub would have to ask the city's server, and can't reach it now. */
  'upstream-unreachable': 503,
} as const
export type ProblemCode = keyof typeof problemStatus

export const problemMediaType = 'application/problem+json'

export const problemSchema = v.looseObject({
  code: v.string(),
  status: v.optional(v.number()),
  title: v.optional(v.string()),
  detail: v.optional(v.string()),
  /** With `gap`: the `n` that the next batch must begin at. */
  need: v.optional(v.number()),
  /** With `epoch`: the present one. */
  epoch: v.optional(v.string()),
})
export type Problem = v.InferOutput<typeof problemSchema>
