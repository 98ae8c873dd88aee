import type { JoinResponse } from '../protocol/join'
import type { Identity } from './api'

/** An identity with its secrets: they stay in this folder. */
export interface KeptIdentity extends Identity {
  token: string
  keys: CryptoKeyPair
  ticketKeys: JoinResponse['ticketKeys']
}

/** What screens may know of it. */
export function withoutSecrets({ device, name, role, venue, streams, festival, joinedAt, frozen, revoked, cleared }: KeptIdentity): Identity {
  return { device, name, role, venue, streams, festival, joinedAt, frozen, revoked, cleared }
}
