import { hash, randomBytes } from 'node:crypto'
import type { DeviceId, TicketId } from '../../domain/operation'
import { encodeCrockford, readCrockford } from '../../protocol/crockford'

/** 256 random bits, base64url. A server keeps only its hash. */
export function makeToken(): string {
  return randomBytes(32).toString('base64url')
}

/** 16 Crockford characters: 80 bits. */
export function makeInviteCode(): string {
  return encodeCrockford(randomBytes(10))
}

/** 12 lower-case Crockford characters: 60 bits; among a million devices two are alike with a chance of 1 in two million. */
export function makeDeviceId(): DeviceId {
  return encodeCrockford(randomBytes(8)).slice(0, 12).toLowerCase()
}

/** 40 random bits. */
export function makeTicketId(): TicketId {
  return encodeCrockford(randomBytes(5))
}

/** What is kept of a token or a code. They are random and long, so a plain hash can't be searched. */
export function hashOf(secret: string): string {
  return hash('sha256', secret, 'hex')
}

/** The hash of an invite code as a person typed it; undefined when it is no such code. */
export function hashOfTypedCode(typed: string): string | undefined {
  const code = readCrockford(typed)
  return code?.length === 16 ? hashOf(code) : undefined
}
