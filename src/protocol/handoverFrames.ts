import { decodeBase45, encodeBase45 } from './base45'
import { Basin, frameOf } from './fountain'

/**
 * The texts of the QR codes that a phone shows one after the other: `LX` and the base45 of
 *
 *   0       version                                4-6     number of the frame, big-endian
 *   1-3     length of the whole, big-endian        7-14    SHA-256 of the whole, its first 8 bytes
 *   15-     what fountain.ts makes of the whole, cut into blocks of this length; the last is filled up with zeros
 *
 * Any phone that sees enough of them has the whole, whenever it begins to look. 380 bytes a block: 598 characters of QR's alphanumeric mode, which is
 * version 15 at level M, 77 modules wide. On a phone's screen that is 0.8 mm a module, and a camera of 1280 x 720 sees each with
 * six pixels or more when the code fills its height.
 */
const prefix = 'LX'
const version = 1
const headLength = 15
const blockLength = 380
/** 380 KB packed, some 20,000 records, three minutes of looking: more goes by file. */
const mostBlocks = 1_000
/** Numbers have three bytes: a month of showing. */
const mostFrames = 2 ** 24

export interface Frames {
  /** So many different ones are the least that somebody must see. */
  count: number
  /** The text of the frame of that number, from 0 on, without end. */
  at(number: number): string
}

/** @returns undefined for what is too large to be shown */
export async function cutIntoFrames(whole: Uint8Array<ArrayBuffer>): Promise<Frames | undefined> {
  const wanted = Math.ceil(whole.length / blockLength)
  if (wanted < 1 || wanted > mostBlocks) return undefined
  const size = Math.ceil(whole.length / wanted)
  const count = Math.ceil(whole.length / size)
  const blocks = Array.from({ length: count }, (_, index) => {
    const block = new Uint8Array(size)
    block.set(whole.subarray(index * size, (index + 1) * size))
    return block
  })
  const digest = await digestOf(whole)
  return {
    count,
    at(number) {
      const frame = new Uint8Array(headLength + size)
      const view = new DataView(frame.buffer)
      // Three bytes each: what goes over to the left is written over by the next.
      view.setUint32(3, number % mostFrames)
      view.setUint32(0, whole.length)
      view.setUint8(0, version)
      frame.set(digest, 7)
      frame.set(frameOf(blocks, number % mostFrames), headLength)
      return prefix + encodeBase45(frame)
    },
  }
}

/** Whether a code is a hand-over's, so that nobody takes it for a ticket gone wrong. */
export function isHandOverFrame(text: string): boolean {
  return text.startsWith(prefix)
}

/** Gathers frames until they are a whole. Frames of another whole begin it anew: somebody shows another code. */
export class FrameReader {
  #whole = ''
  #length = 0
  #digest = new Uint8Array()
  #count = 0
  #basin = new Basin(0)

  /** From 0 to 1. */
  get progress(): number {
    return this.#count === 0 ? 0 : this.#basin.held / this.#count
  }

  /** @returns whether it was a frame */
  add(text: string): boolean {
    const frame = isHandOverFrame(text) ? decodeBase45(text.slice(prefix.length)) : undefined
    if (!frame || frame.length <= headLength || frame[0] !== version) return false
    const view = new DataView(frame.buffer, frame.byteOffset)
    const length = view.getUint32(0) & 0xff_ffff
    const size = frame.length - headLength
    const count = Math.ceil(length / size)
    if (count < 1 || count > mostBlocks) return false
    const digest = frame.slice(7, headLength)
    const whole = [length, size, ...digest].join()
    if (whole !== this.#whole) this.#begin(whole, length, count, digest)
    this.#basin.add(view.getUint32(3) & 0xff_ffff, frame.subarray(headLength))
    return true
  }

  /** The whole, once all of it is here; undefined before, and when it is not what was cut: then it begins anew. */
  async whole(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const blocks = this.#basin.blocks()
    if (this.#count === 0 || !blocks) return undefined
    const size = blocks[0]?.length ?? 0
    const bytes = new Uint8Array(size * blocks.length)
    blocks.forEach((block, index) => { bytes.set(block, index * size) })
    const whole = bytes.slice(0, this.#length)
    const expected = this.#digest
    const found = await digestOf(whole)
    if (found.every((byte, index) => byte === expected[index])) return whole
    this.#whole = ''
    this.#count = 0
    return undefined
  }

  #begin(whole: string, length: number, count: number, digest: Uint8Array<ArrayBuffer>): void {
    this.#whole = whole
    this.#length = length
    this.#digest = digest
    this.#count = count
    this.#basin = new Basin(count)
  }
}

async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)).slice(0, 8)
}
