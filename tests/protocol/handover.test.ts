import fc from 'fast-check'
import { encode } from 'uqr'
import { expect, test } from 'vitest'
import type { Batch } from '../../src/protocol/batch'
import { maxHandOver, readHandOver, writeHandOver } from '../../src/protocol/handover'
import { cutIntoFrames, FrameReader, isHandOverFrame, type Frames } from '../../src/protocol/handoverFrames'
import { pack, unpack } from '../../src/protocol/packed'

const operation = fc.record({
  at: fc.nat(), stream: fc.constantFrom('floor:v-main', 'roster:v-main'), kind: fc.constantFrom('checkin', 'attendee', 'lantern'), body: fc.jsonValue(),
})
const batch: fc.Arbitrary<Batch> = fc.record({
  device: fc.stringMatching(/^[0-9a-z]{12}$/), from: fc.integer({ min: 1, max: 1e9 }), ops: fc.array(operation, { minLength: 1, maxLength: 30 }),
  sig: fc.stringMatching(/^[\w-]{86}$/),
})
const plain = (batches: Batch[]) => JSON.parse(JSON.stringify(batches)) as Batch[]

async function framesFor(text: string): Promise<Frames> {
  const frames = await cutIntoFrames(await pack(text))
  if (!frames) throw new Error('too large')
  return frames
}

/** What a camera makes of frames of these numbers. */
async function seen(frames: Frames, numbers: readonly number[], reader = new FrameReader()): Promise<string | undefined> {
  for (const number of numbers) expect(reader.add(frames.at(number))).toBe(true)
  const whole = await reader.whole()
  return whole && unpack(whole, maxHandOver)
}

test('any batches, as a file', () => {
  fc.assert(fc.property(fc.array(batch, { maxLength: 8 }), (batches) => {
    expect(readHandOver(writeHandOver('f-1', batches))).toEqual({ ok: true, handOver: { linli: 'batches', v: 1, festival: 'f-1', batches: plain(batches) } })
  }))
})

test('any batches through codes, with frames lost, doubled and in any order', async () => {
  await fc.assert(fc.asyncProperty(fc.array(batch, { maxLength: 8 }), fc.array(fc.nat(500), { maxLength: 40 }), fc.nat(10_000), async (batches, some, later) => {
    const text = writeHandOver('f-1', batches)
    const frames = await framesFor(text)
    const rest = Array.from({ length: frames.count + 20 }, (_, index) => later + index)
    expect(await seen(frames, [...some, ...rest])).toBe(text)
  }), { numRuns: 40 })
})

test('a code is of a version that a phone can show, and never taken for a ticket', async () => {
  const frames = await framesFor(writeHandOver('f-1', fc.sample(batch, { numRuns: 60, seed: 1 })))
  for (const number of [0, frames.count, 2 ** 24 - 1]) {
    const text = frames.at(number)
    expect(isHandOverFrame(text)).toBe(true)
    expect(text.startsWith('LL')).toBe(false)
    expect(encode(text, { ecc: 'M' }).version).toBeLessThanOrEqual(15)
  }
  expect(frames.at(2 ** 24)).toBe(frames.at(0))
})

test('progress tells how much is here; somebody else\'s code begins it anew', async () => {
  const [one, other] = [writeHandOver('f-1', fc.sample(batch, { numRuns: 40, seed: 2 })), writeHandOver('f-1', [])]
  const [frames, others] = [await framesFor(one), await framesFor(other)]
  const reader = new FrameReader()
  expect(reader.progress).toBe(0)
  for (let number = 0; number < frames.count; number++) {
    expect(await reader.whole()).toBeUndefined()
    reader.add(frames.at(number))
    expect(reader.progress).toBeCloseTo((number + 1) / frames.count)
  }
  expect(await seen(others, [0], reader)).toBe(other)
  expect(await seen(frames, [0], reader)).toBeUndefined()
  expect(reader.progress).toBeCloseTo(1 / frames.count)
})

test('a frame that was read wrong spoils that whole and no later one', async () => {
  const text = writeHandOver('f-1', fc.sample(batch, { numRuns: 40, seed: 3 }))
  const frames = await framesFor(text)
  const reader = new FrameReader()
  const wrong = frames.at(0)
  reader.add(wrong.slice(0, -3) + (wrong.endsWith('000') ? '100' : '000'))
  const rest = Array.from({ length: frames.count - 1 }, (_, index) => index + 1)
  expect(await seen(frames, rest, reader)).toBeUndefined()
  expect(reader.progress).toBe(0)
  expect(await seen(frames, [0, ...rest], reader)).toBe(text)
})

test('other codes are nobody\'s frame, whatever is in them', () => {
  const reader = new FrameReader()
  for (const text of ['', 'LX', 'LX0', 'LX…', 'LXAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', 'LL000', 'https://example.org']) expect(reader.add(text)).toBe(false)
  fc.assert(fc.property(fc.string(), (text) => { expect(reader.add(`LX${text}`)).toBeTypeOf('boolean') }))
})

test('what is too large to be shown is told, and so is what unpacks to too much', async () => {
  expect(await cutIntoFrames(new Uint8Array(400_000))).toBeUndefined()
  expect(await cutIntoFrames(new Uint8Array())).toBeUndefined()
  const bomb = await pack('0'.repeat(2_000_000))
  expect(await unpack(bomb, 1_000_000)).toBeUndefined()
  expect((await unpack(bomb, 2_000_000))?.length).toBe(2_000_000)
  expect(await unpack(bomb.slice(0, -9), 2_000_000)).toBeUndefined()
  expect(await unpack(new TextEncoder().encode('邻里'), 100)).toBe('邻里')
})

const whole = writeHandOver('f-1', fc.sample(batch, { numRuns: 3, seed: 4 }))
test.each([
  ['nothing', '', 'foreign'],
  ['no JSON', 'PK\u0003\u0004', 'foreign'],
  ['ten megabytes of nonsense', 'x'.repeat(10_000_000), 'foreign'],
  ['JSON of another program', '{"tickets":[1,2]}', 'foreign'],
  ['a list', '[]', 'foreign'],
  ['half of a file', whole.slice(0, whole.length / 2), 'damaged'],
  ['half of a file with spaces', ` { "linli" : "batches", "v"`, 'damaged'],
  ['a batch without a signature', '{"linli":"batches","v":1,"festival":"f-1","batches":[{"device":"d","from":1,"ops":[{}]}]}', 'damaged'],
  ['a batch of nothing', '{"linli":"batches","v":1,"festival":"f-1","batches":[{"device":"d","from":1,"ops":[],"sig":""}]}', 'damaged'],
  ['a number that nobody can have signed', '{"linli":"batches","v":1,"festival":"f-1","batches":[{"device":"d","from":1,"ops":[1e999],"sig":""}]}', 'damaged'],
  ['nesting that nobody can have signed', `{"linli":"batches","v":1,"festival":"f-1","batches":[{"device":"d","from":1,"ops":[${'['.repeat(99_999)}${']'.repeat(99_999)}],"sig":""}]}`, 'damaged'],
  ['another version', '{"linli":"batches","v":2,"parcels":[]}', 'newer'],
  ['more than a phone bears', ' '.repeat(maxHandOver + 1), 'too-large'],
])('%s is %s', (_what, text, code) => {
  expect(readHandOver(text)).toEqual({ ok: false, code })
})
