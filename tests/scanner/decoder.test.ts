import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { beforeAll, describe, expect, it } from 'vitest'
import { openDecoder } from '../../src/scanner/decoder'
import type { Decoder } from '../../src/scanner/decoder'
import type { Grey } from '../../src/scanner/grey'
import { draw } from '../e2e/camera/picture'
import type { Sight } from '../e2e/camera/picture'
import { vectors } from '../protocol/ticket-vectors.json'
import { blurred, faded, glaring, noisy } from './conditions'

const wasm = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm')
const [ticket, other] = vectors.map(({ text }) => text) as [string, string]

let decoder: Decoder
beforeAll(async () => {
  const { buffer, byteOffset, byteLength } = await readFile(wasm)
  decoder = await openDecoder(buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer)
})

const texts = (frame: Grey): string[] => decoder.read(frame).map(({ text }) => text)
const seen = (sight: Partial<Sight> = {}) => draw({ texts: [ticket], ...sight }, 640, 480)

describe('texts', () => {
  const printable = vectors.filter(({ text }) => text !== '')
  it.each(printable)('are read to the letter: $name', ({ text }) => {
    expect(texts(seen({ texts: [text] }))).toEqual([text])
  })

  it('are read from a code of Chinese too', () => {
    expect(texts(seen({ texts: ['康庄公园 邻里节'] }))).toEqual(['康庄公园 邻里节'])
  })

  it('are none where there is no code', () => {
    expect(texts(noisy(seen({ texts: [] }), 60))).toEqual([])
  })
})

describe('conditions', () => {
  it.each([15, 45, 90, 133, 180, 270])('turned by %i degrees', (rotate) => {
    expect(texts(seen({ rotate, scale: 0.65 }))).toEqual([ticket])
  })

  it('small: two pixels a module', () => {
    expect(texts(seen({ scale: 0.2 }))).toEqual([ticket])
  })

  it('out of focus', () => {
    expect(texts(blurred(seen(), 3))).toEqual([ticket])
  })

  it('noisy', () => {
    expect(texts(noisy(seen(), 100))).toEqual([ticket])
  })

  it('faded and under a lamp', () => {
    expect(texts(glaring(faded(seen({ scale: 0.6 }), 0.25), 200, 200))).toEqual([ticket])
  })

  it('white on black, as on a phone in dark mode', () => {
    const { pixels, ...size } = seen()
    expect(texts({ pixels: pixels.map((value) => 255 - value), ...size })).toEqual([ticket])
  })

  it('frames of several sizes one after the other', () => {
    for (const [width, height] of [[640, 480], [480, 640], [1280, 720], [320, 240]] as const) {
      expect(texts(draw({ texts: [ticket] }, width, height))).toEqual([ticket])
    }
  })
})

describe('places', () => {
  it('are shares of the frame, from the top left of the code as printed', () => {
    const [found] = decoder.read(draw({ texts: [ticket], rotate: 90, scale: 0.65 }, 480, 480))
    const [topLeft, topRight, bottomRight, bottomLeft] = found!.corners
    expect(topLeft.x).toBeGreaterThan(0.6)
    expect(topLeft.y).toBeLessThan(0.4)
    expect(topRight.y).toBeGreaterThan(0.6)
    expect(bottomRight.x).toBeLessThan(0.4)
    expect(bottomLeft.y).toBeLessThan(0.4)
  })

  it('order the texts: the nearest to the middle first', () => {
    const { pixels, width, height } = draw({ texts: [ticket, other] }, 1280, 480)
    expect((texts({ pixels, width, height })).sort()).toEqual([ticket, other].sort())
    // The right-hand code comes to the middle when the left third of the picture is cut away.
    const cut = 420
    const kept = pixels.filter((_, i) => i % width >= cut)
    expect(texts({ pixels: kept, width: width - cut, height })).toEqual([other])
  })
})
