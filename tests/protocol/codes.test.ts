import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBase45, encodeBase45 } from '../../src/protocol/base45'
import { decodeBase64Url, encodeBase64Url } from '../../src/protocol/base64url'
import { decodeCrockford, encodeCrockford, readCrockford, readTicketId, showTicketId } from '../../src/protocol/crockford'

const bytes = fc.uint8Array({ maxLength: 100 })
const ascii = (text: string) => new TextEncoder().encode(text)

describe('base45', () => {
  /** RFC 9285, section 4.3 and 4.4. */
  it.each([['AB', 'BB8'], ['Hello!!', '%69 VD92EX0'], ['base-45', 'UJCLQE7W581'], ['ietf!', 'QED8WEX0'], ['', '']])('writes %j as %j', (plain, code) => {
    expect(encodeBase45(ascii(plain))).toBe(code)
    expect(decodeBase45(code)).toEqual(ascii(plain))
  })

  it('ends at 65535, and at 255 for the last byte', () => {
    expect(decodeBase45('FGW')).toEqual(Uint8Array.of(255, 255))
    expect(decodeBase45('GGW')).toBeUndefined()
    expect(decodeBase45(':::')).toBeUndefined()
    expect(decodeBase45('U5')).toEqual(Uint8Array.of(255))
    expect(decodeBase45('V5')).toBeUndefined()
  })

  it.each(['A', 'BB8A', 'bb8', 'B_8', 'BB8\n', 'B8=', '中文字', '😀1'])('does not read %j', (text) => {
    expect(decodeBase45(text)).toBeUndefined()
  })

  it('reads back what it wrote, and writes back what it read', () => {
    fc.assert(fc.property(bytes, (given) => {
      expect(decodeBase45(encodeBase45(given))).toEqual(given)
    }))
    const text = fc.string({ unit: fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'), maxLength: 9 })
    fc.assert(fc.property(text, (given) => {
      const read = decodeBase45(given)
      if (read) expect(encodeBase45(read)).toBe(given)
    }))
  })
})

describe('base64url', () => {
  /** RFC 4648, section 10, without padding, and the two characters that differ from base64. */
  it.each([['', ''], ['f', 'Zg'], ['fo', 'Zm8'], ['foo', 'Zm9v'], ['foob', 'Zm9vYg'], ['fooba', 'Zm9vYmE'], ['foobar', 'Zm9vYmFy']])('writes %j as %j', (plain, code) => {
    expect(encodeBase64Url(ascii(plain))).toBe(code)
    expect(decodeBase64Url(code)).toEqual(ascii(plain))
  })

  it('uses the URL\'s alphabet', () => {
    expect(encodeBase64Url(Uint8Array.of(251, 255, 254))).toBe('-__-')
    expect(decodeBase64Url('-__-')).toEqual(Uint8Array.of(251, 255, 254))
  })

  it.each(['+//+', 'Zg==', 'Z', 'Zm9v\n', 'Zm 9v', '中', 'Zh', 'Zm9'])('does not read %j', (text) => {
    expect(decodeBase64Url(text)).toBeUndefined()
  })

  it('reads back what it wrote', () => {
    fc.assert(fc.property(bytes, (given) => {
      expect(decodeBase64Url(encodeBase64Url(given))).toEqual(given)
    }))
  })
})

describe('Crockford\'s base32', () => {
  it('writes five bytes as eight characters, the most significant bit first', () => {
    expect(encodeCrockford(Uint8Array.of(0, 0, 0, 0, 0))).toBe('00000000')
    expect(encodeCrockford(Uint8Array.of(255, 255, 255, 255, 255))).toBe('ZZZZZZZZ')
    expect(encodeCrockford(Uint8Array.of(0x00, 0x44, 0x32, 0x14, 0xc7))).toBe('01234567')
    expect(encodeCrockford(Uint8Array.of(0x42, 0x54, 0xb6, 0x35, 0xcf))).toBe('89ABCDEF')
    expect(encodeCrockford(Uint8Array.of(0x84, 0x65, 0x3a, 0x56, 0xd7))).toBe('GHJKMNPQ')
    expect(encodeCrockford(Uint8Array.of(0xc6, 0x75, 0xbe, 0x77, 0xdf))).toBe('RSTVWXYZ')
  })

  it('writes and reads back any number of bytes', () => {
    fc.assert(fc.property(bytes, (given) => {
      const text = encodeCrockford(given)
      expect(text).toHaveLength(Math.ceil(given.length * 8 / 5))
      expect(decodeCrockford(text)).toEqual(given)
    }))
  })

  it('is read kindly', () => {
    expect(readCrockford('k7m2-9qx4')).toBe('K7M29QX4')
    expect(readCrockford(' K7M2 9QX4\n')).toBe('K7M29QX4')
    expect(readCrockford('oOiIlL')).toBe('001111')
    expect(readCrockford('Ｋ７ｍ２－９ＱＸ４　')).toBe('K7M29QX4')
    expect(readCrockford('K7M2–9QX4—')).toBe('K7M29QX4')
  })

  it.each(['U', 'u', 'K7M2*9QX4', '签到', 'É', '😀', 'K7M2,9QX4'])('does not read %j', (typed) => {
    expect(readCrockford(typed)).toBeUndefined()
  })

  it('of a ticket has eight characters, shown in two fours', () => {
    expect(readTicketId('k7m2-9qx4')).toBe('K7M29QX4')
    expect(['', 'K7M29QX', 'K7M29QX44', 'K7M2-9QXU'].map(readTicketId)).toEqual([undefined, undefined, undefined, undefined])
    expect(showTicketId('K7M29QX4')).toBe('K7M2-9QX4')
    expect(showTicketId('short')).toBe('short')
  })

  it('of a ticket is read as it is shown', () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 5, maxLength: 5 }), (given) => {
      const id = encodeCrockford(given)
      expect(readTicketId(showTicketId(id).toLowerCase())).toBe(id)
      expect(decodeCrockford(id)).toEqual(given)
    }))
  })
})
