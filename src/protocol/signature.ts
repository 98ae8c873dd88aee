/** ECDSA on P-256 with SHA-256, by WebCrypto, which browsers, workers and Node share. Signatures are raw: r and s, 64 bytes. */
const curve = { name: 'ECDSA', namedCurve: 'P-256' } as const
const scheme = { name: 'ECDSA', hash: 'SHA-256' } as const

/** A public key as it travels: a JWK of P-256, without the private part. */
export interface PublicKey {
  kty: string
  crv: string
  x: string
  y: string
}

/** @param extractable false for a phone's own key, which must never leave it; true where a server keeps it in a file */
export function makeKeyPair(extractable: boolean): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(curve, extractable, ['sign', 'verify'])
}

export async function exportPublicKey(key: CryptoKey): Promise<PublicKey> {
  const { kty = '', crv = '', x = '', y = '' } = await crypto.subtle.exportKey('jwk', key)
  return { kty, crv, x, y }
}

/** @throws DOMException when the key is not a point of P-256 */
export function importPublicKey({ kty, crv, x, y }: PublicKey): Promise<CryptoKey> {
  return crypto.subtle.importKey('jwk', { kty, crv, x, y }, curve, true, ['verify'])
}

export async function sign(key: CryptoKey, bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.sign(scheme, key, bytes))
}

export function verify(key: CryptoKey, signature: Uint8Array<ArrayBuffer>, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
  return crypto.subtle.verify(scheme, key, signature, bytes)
}
