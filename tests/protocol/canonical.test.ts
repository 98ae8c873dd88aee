import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalHash, canonicalJson } from '../../src/protocol/canonical'

/** A double from the 16 hexadecimal digits of its bits. */
const double = (bits: string) => Buffer.from(bits, 'hex').readDoubleBE()

describe('canonical JSON', () => {
  it('is RFC 8785\'s sample of section 3.2.2', () => {
    const sample = JSON.parse(String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`) as unknown
    expect(canonicalJson(sample)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    )
  })

  it('sorts as section 3.2.3: by UTF-16 code unit, so that an emoji stands before a Hebrew presentation form', () => {
    const sample = {
      '\u20ac': 'Euro Sign', '\r': 'Carriage Return', '\ufb33': 'Hebrew Letter Dalet With Dagesh', 1: 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face', '\u0080': 'Control', '\u00f6': 'Latin Small Letter O With Diaeresis',
    }
    expect([...canonicalJson(sample).matchAll(/"(?:[^"\\]|\\.)*":"([^"]*)"/g)].map(([, value]) => value)).toEqual([
      'Carriage Return', 'One', 'Control', 'Latin Small Letter O With Diaeresis', 'Euro Sign', 'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ])
  })

  it('sorts inside of things too, and not in lists', () => {
    expect(canonicalJson({ b: [{ d: 1, c: 2 }, 'z', 'a'], a: {} })).toBe('{"a":{},"b":[{"c":2,"d":1},"z","a"]}')
  })

  /** RFC 8785, appendix B. */
  it.each([
    ['0000000000000000', '0'], ['8000000000000000', '0'], ['0000000000000001', '5e-324'], ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'], ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'], ['c340000000000000', '-9007199254740992'], ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'], ['44b52d02c7e14af6', '1e+23'], ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'], ['444b1ae4d6e2ef4f', '999999999999999900000'], ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'], ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'], ['41b3de4355555554', '333333333.33333325'], ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'], ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'], ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('writes the number %s as %s', (bits, text) => {
    expect(canonicalJson(double(bits))).toBe(text)
  })

  it.each(['7fffffffffffffff', '7ff0000000000000', 'fff0000000000000'])('has no number %s', (bits) => {
    expect(() => canonicalJson({ count: double(bits) })).toThrow()
  })

  it('writes a lone surrogate as its escape, the same every time it is read', () => {
    expect(canonicalJson('海棠\ud83c')).toBe(String.raw`"海棠\ud83c"`)
    expect(canonicalJson(JSON.parse(canonicalJson({ '\udf38': '\ud83c' })))).toBe(String.raw`{"\udf38":"\ud83c"}`)
    expect(canonicalJson('\ud83c\udf38')).toBe('"🌸"')
  })

  it('leaves out what has no value', () => {
    expect(canonicalJson({ a: undefined, b: null, c: [undefined] })).toBe('{"b":null,"c":[null]}')
  })

  it('means the same, and is the same for the same, however its keys were written', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value)
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
      expect(canonicalJson(JSON.parse(text))).toBe(text)
      expect(canonicalJson(backwards(value))).toBe(text)
    }))
  })

  it('hashes to the SHA-256 of its UTF-8', async () => {
    const expected = createHash('sha256').update('{"a":"海棠","b":1}').digest('hex')
    expect(await canonicalHash({ b: 1, a: '海棠' })).toBe(expected)
  })
})

/** The same value with the keys of every object written in the opposite order. */
function backwards(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(backwards)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).reverse().map(([key, inner]) => [key, backwards(inner)]))
}
