import type { StreamName } from '../domain/operation'
import { grantCovers, parseStream } from '../domain/stream'
import type { Memory } from './memory'

/**
 * The streams to ask for, by name. A pattern such as `floor:*` stands for the venues of the programme, so an
 * organiser's phone asks for them once it has read that.
 */
export function wantedStreams(memory: Memory): StreamName[] {
  const grants = memory.identity?.streams ?? []
  const named = grants.filter((grant) => parseStream(grant) !== undefined)
  const patterns = grants.filter((grant) => grant.endsWith(':*'))
  if (patterns.length === 0) return named
  const venues = memory.programme().venues.map(({ id }) => id)
  const covered = patterns.flatMap((pattern) => venues.map((venue) => pattern.slice(0, -1) + venue)
    .filter((stream) => grantCovers(pattern, stream)))
  return [...new Set([...named, ...covered])]
}
