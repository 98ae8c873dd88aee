import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { Complaint } from './complaint'
import { codeOf } from './fault'
import type { Tls } from './listen'

/**
 * Reads a certificate and its key, and tries whether they belong together, so that it is said at the start and not at the first handshake.
 * @throws Complaint
 */
export function readTls({ cert, key }: { cert: string; key: string }): Tls {
  const tls = { cert: read('--tls-cert', cert), key: read('--tls-key', key) }
  try {
    createSecureContext(tls)
  } catch (error) {
    throw new Complaint(`${cert} 和 ${key} 不是一对证书和私钥(PEM)。 / are not a certificate and its key in PEM. (${codeOf(error) ?? ''})`)
  }
  return tls
}

function read(option: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new Complaint(`${option} ${file}: 读不了。 / can't be read. (${codeOf(error) ?? ''})`)
  }
}
