import type { webcrypto } from 'node:crypto'
import type { JoinResponse } from '../../protocol/join'
import { makeKeyPair } from '../../protocol/signature'

type Jwk = webcrypto.JsonWebKey

/** The keys that tickets are signed with. There is one so far; the id leaves room for fifteen more. */
export interface FestivalKeys {
  public: JoinResponse['ticketKeys']
  /** The private key that new tickets are signed with, and its id; a hub has none. */
  signing?: { id: number; key: CryptoKey }
}

/** A new private key as text, for the server's own log. */
export async function makePrivateKey(): Promise<string> {
  const { privateKey } = await makeKeyPair(true)
  return JSON.stringify(await crypto.subtle.exportKey('jwk', privateKey))
}

export function readPrivateKey(text: string): Promise<CryptoKey> {
  return crypto.subtle.importKey('jwk', JSON.parse(text) as Jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign'])
}

/** The public part of a private key kept as text. */
export function publicKeyOf(text: string): FestivalKeys['public'][number]['key'] {
  const { x = '', y = '' } = JSON.parse(text) as Jwk
  return { kty: 'EC', crv: 'P-256', x, y }
}

export async function readFestivalKeys(text: string): Promise<Required<FestivalKeys>> {
  const id = 0
  return { public: [{ id, key: publicKeyOf(text) }], signing: { id, key: await readPrivateKey(text) } }
}
