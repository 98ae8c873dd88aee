import { createHmac, hash, randomBytes } from 'node:crypto'
import type { DeviceId, TicketId } from '../../domain/operation'
import { encodeCrockford, readCrockford } from '../../protocol/crockford'

/**
 * A device's token: 256 bits, base64url. It is the same however often the phone asks to hear it again, because answers overtake each
 * other on their way. What it is made of never stands together: the server keeps its own key, and of codes and tokens only hashes.
 * @param code of the invite it joined with, canonical
 */
export function tokenOf(device: DeviceId, code: string, serverKey: string): string {
  return createHmac('sha256', `${code} ${serverKey}`).update(device).digest('base64url')
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

/** An invite code as a person typed it, canonical; undefined when it is no such code. */
export function readInviteCode(typed: string): string | undefined {
  const code = readCrockford(typed)
  return code?.length === 16 ? code : undefined
}
