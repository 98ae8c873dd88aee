import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeBase45, encodeBase45 } from '../../src/protocol/base45'
import { makeKeyPair } from '../../src/protocol/signature'
import { writeTicket } from '../../src/protocol/ticket'
import type { Server } from './server'

export interface SampleTicket {
  /** `K7M2-9QX4` */
  code: string
  alias: string
  /** The text of its QR. */
  qr: string
}

/** The 120 sample tickets, as the server wrote them beside its data. */
export async function sampleTickets(server: Server): Promise<SampleTicket[]> {
  const sheet = await readFile(join(server.data, 'sample-tickets.csv'), 'utf8')
  const lines = sheet.replace('\uFEFF', '').trim().split('\r\n').slice(1)
  return lines.map((line) => {
    // Neither the QR's alphabet nor the sample's aliases have a comma or a quote.
    const [, code = '', alias = '', qr = ''] = line.split(',')
    return { code, alias, qr }
  })
}

/** The same ticket with one bit of its signature turned. */
export function forged({ qr }: SampleTicket): string {
  const bytes = decodeBase45(qr.slice(2))
  if (!bytes) throw new Error('not a ticket')
  bytes[40]! ^= 1
  return `LL${encodeBase45(bytes)}`
}

/** A sound ticket of a festival that is not this one. */
export async function fromElsewhere(): Promise<string> {
  const { privateKey } = await makeKeyPair(true)
  return writeTicket({ id: 'ABCD1234', festival: 20240518, key: 1, kind: 0, party: 1, from: 0, until: 8 }, privateKey)
}
