import { createPublicKey, verify as verifyByNode } from 'node:crypto'
import * as fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { WrittenOperation } from '../../src/domain/operation'
import { decodeBase64Url, encodeBase64Url } from '../../src/protocol/base64url'
import type { Batch } from '../../src/protocol/batch'
import { signBatch, verifyBatch } from '../../src/protocol/batch'
import { exportPublicKey, importPublicKey, makeKeyPair } from '../../src/protocol/signature'
import { operationSets } from '../domain/arbitraries'

const festival = 'bj-neighbour-2023'

/** Signed once with OpenSSL over the text below, written out by hand. */
const vector = {
  key: { kty: 'EC', crv: 'P-256', x: 'qpF4Pxgle-hlTG_B-iq0-w78VCvw991M8ERjDXW0gZg', y: 'XvLG5vE_J3icTZimBMXGCNAKkUD2Eo1l8Qpl0pXGqrU' },
  text: '{"device":"0123456789ab","festival":"bj-neighbour-2023","from":41,"ops":['
    + '{"at":6915125576192000,"body":{"by":"camera","post":"b-r1","ticket":"K7M29QX4"},"kind":"checkin","stream":"floor:v-main"},'
    + '{"at":6915125576192001,"body":{"alias":"海棠🌸","ticket":"K7M29QX4"},"kind":"attendee","stream":"roster:v-main"}]}',
  batch: {
    device: '0123456789ab', from: 41,
    ops: [
      { stream: 'floor:v-main', kind: 'checkin', at: 6915125576192000, body: { ticket: 'K7M29QX4', post: 'b-r1', by: 'camera' } },
      { stream: 'roster:v-main', kind: 'attendee', at: 6915125576192001, body: { ticket: 'K7M29QX4', alias: '海棠🌸' } },
    ],
    sig: 'KZrwByqLDPllRbxGKNDcg-Q-j96zD-WO7vaKyRfSU5qhsUcRdu_AvKnWJs8qxBQ-EKzbJwaK4rz_2yHjrzXC-Q',
  } satisfies Batch,
}

const written = operationSets(5).map((operations) => operations.map(({ at, stream, kind, body }): WrittenOperation => ({ at, stream, kind, body })))

let keys: CryptoKeyPair
beforeAll(async () => {
  keys = await makeKeyPair(false)
})

describe('a batch', () => {
  it('signed elsewhere by the protocol\'s words is verified', async () => {
    const key = await importPublicKey(vector.key)
    expect(await verifyBatch(key, festival, vector.batch)).toBe(true)
    expect(await verifyBatch(key, 'another', vector.batch)).toBe(false)
  })

  it('signed here is verified elsewhere, over the protocol\'s text', async () => {
    const { device, from, ops } = vector.batch
    const { sig } = await signBatch(keys.privateKey, festival, { device, from, ops })
    const key = createPublicKey({ key: { ...await exportPublicKey(keys.publicKey) }, format: 'jwk' })
    const signature = decodeBase64Url(sig) ?? new Uint8Array()
    expect(verifyByNode('sha256', Buffer.from(vector.text), { key, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true)
  })

  it('holds after any courier, and its keys in any order', async () => {
    await fc.assert(fc.asyncProperty(written, fc.integer({ min: 1, max: 1e6 }), async (ops, from) => {
      const batch = await signBatch(keys.privateKey, festival, { device: '0123456789ab', from, ops })
      expect(batch).toMatchObject({ device: '0123456789ab', from, ops })
      const brought = JSON.parse(JSON.stringify({ ...batch, ops: ops.map(({ at, stream, kind, body }) => ({ body, kind, stream, at })) })) as Batch
      expect(await verifyBatch(keys.publicKey, festival, brought)).toBe(true)
    }), { numRuns: 40 })
  })

  it('fails with anything altered', async () => {
    const { batch } = vector
    const [first, second] = batch.ops
    const tampered: [string, unknown][] = [
      ['device', { ...batch, device: '0123456789ac' }],
      ['from', { ...batch, from: 42 }],
      ['one left out', { ...batch, ops: [first] }],
      ['one added', { ...batch, ops: [first, second, second] }],
      ['order', { ...batch, ops: [second, first] }],
      ['moment', { ...batch, ops: [{ ...first, at: 6915125576192002 }, second] }],
      ['stream', { ...batch, ops: [{ ...first, stream: 'floor:v-east' }, second] }],
      ['kind', { ...batch, ops: [{ ...first, kind: 'void' }, second] }],
      ['body', { ...batch, ops: [first, { ...second, body: { ticket: 'K7M29QX4', alias: '海棠' } }] }],
      ['body erased', { ...batch, ops: [first, { ...second, body: null }] }],
      ['field added', { ...batch, ops: [first, { ...second, n: 42 }] }],
    ]
    const key = await importPublicKey(vector.key)
    for (const [what, changed] of tampered) {
      expect({ what, holds: await verifyBatch(key, festival, changed as Batch) }).toEqual({ what, holds: false })
    }
  })

  it('fails with any bit of the signature altered, or another key, or no signature at all', async () => {
    const key = await importPublicKey(vector.key)
    const signature = decodeBase64Url(vector.batch.sig) ?? new Uint8Array()
    for (let bit = 0; bit < 512; bit++) {
      const altered = signature.slice()
      altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(await verifyBatch(key, festival, { ...vector.batch, sig: encodeBase64Url(altered) })).toBe(false)
    }
    for (const sig of ['', 'AAAA', vector.batch.sig.slice(0, -1), `${vector.batch.sig}A`, `${vector.batch.sig}==`, '签']) {
      expect(await verifyBatch(key, festival, { ...vector.batch, sig })).toBe(false)
    }
    expect(await verifyBatch(keys.publicKey, festival, vector.batch)).toBe(false)
  })
})

describe('a key', () => {
  it('travels as its public part alone', async () => {
    const pair = await makeKeyPair(true)
    const travelling = await exportPublicKey(pair.publicKey)
    expect(Object.keys(travelling).sort()).toEqual(['crv', 'kty', 'x', 'y'])
    expect(await exportPublicKey(await importPublicKey(travelling))).toEqual(travelling)
  })

  it('of a phone never leaves it', async () => {
    await expect(crypto.subtle.exportKey('jwk', keys.privateKey)).rejects.toThrow()
  })

  it('that is no point of the curve is refused', async () => {
    await expect(importPublicKey({ ...vector.key, y: vector.key.x })).rejects.toThrow()
    await expect(importPublicKey({ ...vector.key, x: 'short' })).rejects.toThrow()
  })
})
