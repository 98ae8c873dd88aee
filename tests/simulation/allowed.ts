import type { Identity } from '../../src/device'
import { checkBody } from '../../src/domain/kinds'
import type { Operation, StreamName } from '../../src/domain/operation'
import { grantsOf } from '../../src/domain/role'
import { grantCovers } from '../../src/domain/stream'
import { canonicalBytes } from '../../src/protocol/canonical'
import { maxOperationBytes } from '../../src/protocol/limits'

export function mayRead({ streams }: Identity, stream: StreamName): boolean {
  return streams.some((grant) => grantCovers(grant, stream))
}

/** The protocol's three grounds for putting something aside. */
export function isBad(operation: Operation, { role, venue }: Identity): boolean {
  const { at, stream, kind, body } = operation
  return canonicalBytes({ at, stream, kind, body }).length > maxOperationBytes
    || !checkBody(operation).ok
    || !grantsOf(role, venue).write.some((grant) => grantCovers(grant, stream))
}
