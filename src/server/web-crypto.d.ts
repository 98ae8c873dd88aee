import type { webcrypto } from 'node:crypto'

/** The protocol names WebCrypto's types as browsers do. Node has the objects; its typings keep the names inside node:crypto. */
declare global {
  type CryptoKey = webcrypto.CryptoKey
  type CryptoKeyPair = webcrypto.CryptoKeyPair
  type JsonWebKey = webcrypto.JsonWebKey
}
