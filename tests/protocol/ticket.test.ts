import * as fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Ticket } from '../../src/domain/ticket'
import { ticketFaults } from '../../src/domain/ticket'
import { decodeBase45, encodeBase45 } from '../../src/protocol/base45'
import { encodeCrockford } from '../../src/protocol/crockford'
import { makeKeyPair, sign } from '../../src/protocol/signature'
import type { TicketReader } from '../../src/protocol/ticket'
import { readTicket, writeTicket } from '../../src/protocol/ticket'
import { readVectors, vectorReader } from './ticket-cases'
import file from './ticket-vectors.json'

const festival = 20230520
const plain: Ticket = { id: 'K7M29QX4', festival, key: 3, kind: 0, party: 1, from: 0, until: 8 }

const byte = fc.integer({ min: 0, max: 255 })
const fourBits = fc.integer({ min: 0, max: 15 })
const ticketId = fc.uint8Array({ minLength: 5, maxLength: 5 }).map(encodeCrockford)
const anyTicket = fc.record({ id: ticketId, kind: fourBits, party: fc.integer({ min: 1, max: 15 }), days: fc.tuple(byte, byte) })
  .map(({ days, ...rest }): Ticket => ({ ...rest, festival, key: 3, from: Math.min(...days), until: Math.max(...days) }))

let keys: CryptoKeyPair
let reader: TicketReader
beforeAll(async () => {
  keys = await makeKeyPair(true)
  reader = { festival, keys: new Map([[3, keys.publicKey]]) }
})

const bytesOf = (text: string) => decodeBase45(text.slice(2)) ?? new Uint8Array()

describe('the vectors', () => {
  it('are all read as they say', async () => {
    const cases = await readVectors()
    expect(cases).toHaveLength(24)
    for (const { name, expected, read } of cases) expect({ name, read }).toEqual({ name, read: expected })
  })

  it('have every fault among them', () => {
    const codes = new Set(file.vectors.map((vector) => 'code' in vector ? vector.code : undefined))
    expect(ticketFaults.filter((code) => !codes.has(code))).toEqual([])
  })
})

describe('a ticket', () => {
  it('is read as it was written, in 118 characters of QR\'s alphanumeric mode', async () => {
    await fc.assert(fc.asyncProperty(anyTicket, async (ticket) => {
      const text = await writeTicket(ticket, keys.privateKey)
      expect(text).toMatch(/^LL[0-9A-Z $%*+\-./:]{116}$/)
      expect(await readTicket(text, reader)).toEqual({ ok: true, ticket })
    }), { numRuns: 60 })
  })

  it('stands in its bytes where the protocol says', async () => {
    const text = await writeTicket({ ...plain, festival: 0x01020304, kind: 4, party: 15, from: 6, until: 8 }, keys.privateKey)
    expect([...bytesOf(text).subarray(0, 13)]).toEqual([0x13, 1, 2, 3, 4, 0x99, 0xe8, 0x24, 0xdf, 0xa4, 0x4f, 6, 8])
  })

  it('fails with any one of its 616 bits altered', async () => {
    const bytes = bytesOf(await writeTicket(plain, keys.privateKey))
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const altered = bytes.slice()
      altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect((await readTicket('LL' + encodeBase45(altered), reader)).ok).toBe(false)
    }
  })

  it('fails with any one character exchanged, dropped or added', async () => {
    const text = await writeTicket(plain, keys.privateKey)
    for (let place = 0; place < text.length; place++) {
      const other = text[place] === '0' ? '1' : '0'
      for (const changed of [other, '', `${text[place]}0`]) {
        expect((await readTicket(text.slice(0, place) + changed + text.slice(place + 1), reader)).ok).toBe(false)
      }
    }
  })

  it('never makes reading throw, whatever the text is', async () => {
    const texts = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), fc.uint8Array({ minLength: 77, maxLength: 77 }).map((bytes) => 'LL' + encodeBase45(bytes)))
    await fc.assert(fc.asyncProperty(texts, async (text) => {
      for (const each of [text, `LL${text}`]) expect((await readTicket(each, reader)).ok).toBe(false)
    }))
  })

  it('can\'t be read with another key of that number', async () => {
    const stranger = await makeKeyPair(false)
    const text = await writeTicket(plain, stranger.privateKey)
    expect(await readTicket(text, reader)).toEqual({ ok: false, code: 'bad-signature', ticket: plain })
  })
})

describe('the first failure named', () => {
  /** Bytes with every fault at once; each repair brings out the next. */
  async function forged(repairs: ('version' | 'fields' | 'festival' | 'key' | 'signature')[]): Promise<string> {
    const done = new Set(repairs)
    const bytes = bytesOf(await writeTicket(plain, keys.privateKey)).slice()
    bytes[0] = (done.has('version') ? 0x10 : 0x20) | (done.has('key') ? 3 : 9)
    if (!done.has('festival')) bytes[4] = 0
    if (!done.has('fields')) bytes[10] = 0
    if (done.has('signature')) bytes.set(await sign(keys.privateKey, bytes.slice(0, 13)), 13)
    else bytes[76] = (bytes[76] ?? 0) ^ 1
    return encodeBase45(bytes)
  }
  const code = async (text: string) => {
    const reading = await readTicket(text, reader)
    return reading.ok ? 'accepted' : reading.code
  }

  it('is in the protocol\'s order', async () => {
    expect(await code(await forged([]))).toBe('not-a-ticket')
    expect(await code('LL' + (await forged([])).slice(3))).toBe('malformed')
    expect(await code('LL' + await forged([]))).toBe('unknown-version')
    expect(await code('LL' + await forged(['version']))).toBe('malformed')
    expect(await code('LL' + await forged(['version', 'fields']))).toBe('other-festival')
    expect(await code('LL' + await forged(['version', 'fields', 'festival']))).toBe('unknown-key')
    expect(await code('LL' + await forged(['version', 'fields', 'festival', 'key']))).toBe('bad-signature')
    expect(await code('LL' + await forged(['version', 'fields', 'festival', 'key', 'signature']))).toBe('accepted')
  })

  it('comes with the ticket where a person may still decide by its id', async () => {
    const withTicket = async (text: string) => (await readTicket(text, reader) as { ticket?: Ticket }).ticket?.id
    expect(await withTicket('LL' + await forged(['version', 'fields', 'festival']))).toBe(plain.id)
    expect(await withTicket('LL' + await forged(['version', 'fields', 'festival', 'key']))).toBe(plain.id)
    expect(await withTicket('LL' + await forged(['version', 'fields']))).toBeUndefined()
  })

  it('is of another key\'s ticket that the key is unknown, once that is no longer held', async () => {
    const [first] = file.vectors
    const all = await vectorReader()
    expect(await readTicket(first?.text ?? '', all)).toMatchObject({ ok: true })
    expect(await readTicket(first?.text ?? '', { ...all, keys: new Map() })).toMatchObject({ ok: false, code: 'unknown-key' })
  })
})

describe('writing', () => {
  it.each([
    ['id', 'k7m29qx4'], ['id', 'K7M2-9QX4'], ['id', 'K7M29QX'], ['id', 'K7M29QX4KK'], ['id', ''],
    ['festival', -1], ['festival', 2 ** 32], ['festival', 1.5], ['key', 16], ['kind', 16], ['party', 0], ['party', 16], ['party', -1],
    ['from', 9], ['from', 256], ['until', 256], ['until', -1],
  ] as const)('refuses %s %j', async (field, value) => {
    await expect(writeTicket({ ...plain, [field]: value }, keys.privateKey)).rejects.toThrow(RangeError)
  })
})
