import type { StreamName } from './operation'

/** The five classes of stream; the last three are one per venue. */
export const streamClasses = ['programme', 'control', 'roster', 'floor', 'visits'] as const
export type StreamClass = (typeof streamClasses)[number]

export interface Stream {
  class: StreamClass
  venue?: string
}

const wholeFestival = new Set<string>(['programme', 'control'])

/** Reads a stream's name; undefined when it is not the name of a stream. */
export function parseStream(name: StreamName): Stream | undefined {
  const colon = name.indexOf(':')
  const head = colon < 0 ? name : name.slice(0, colon)
  const streamClass = streamClasses.find((known) => known === head)
  if (!streamClass) return undefined
  if (wholeFestival.has(streamClass)) return colon < 0 ? { class: streamClass } : undefined
  const venue = name.slice(colon + 1)
  return colon > 0 && venue !== '' && venue !== '*' ? { class: streamClass, venue } : undefined
}

export const floorOf = (venue: string): StreamName => `floor:${venue}`
export const rosterOf = (venue: string): StreamName => `roster:${venue}`
export const visitsOf = (venue: string): StreamName => `visits:${venue}`

/** Whether a granted name, maybe a pattern such as `floor:*`, covers this stream. */
export function grantCovers(grant: string, stream: StreamName): boolean {
  if (parseStream(stream) === undefined) return false
  return grant === stream || (grant.endsWith(':*') && stream.startsWith(grant.slice(0, -1)))
}
