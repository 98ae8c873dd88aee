import { describe, expect, it } from 'vitest'
import { readPicture } from '../../src/scanner/picture'
import type { PictureParts } from '../../src/scanner/picture'
import { FakeReader } from './fakes'

/** Parts for a picture whose codes are found at the given size and turn only. */
function parts(found: { longest: number; turn: number; texts: string[] } | null, works = true) {
  let at = ''
  let closed = 0
  const tries: string[] = []
  const reader = new FakeReader(() => {
    if (!works) return null
    return found && at === `${found.longest}/${found.turn}` ? found.texts : []
  })
  const handed: PictureParts = {
    open: () =>
      Promise.resolve({
        pixels(longest, turn) {
          at = `${longest}/${turn}`
          tries.push(at)
          return { pixels: new Uint8Array(0), width: 0, height: 0 }
        },
        close: () => closed++,
      }),
    reader: () => reader,
  }
  return { handed, tries, isClosed: () => closed === 1 && reader.closed }
}
const file = new Blob(['…'])

describe('a picture from the album', () => {
  it('is read at the first try when it can be', async () => {
    const { handed, tries, isClosed } = parts({ longest: 1280, turn: 0, texts: ['A', 'B', 'A'] })
    expect(await readPicture(file, handed)).toEqual({ ok: true, texts: ['A', 'B'] })
    expect(tries).toHaveLength(1)
    expect(isClosed()).toBe(true)
  })

  it('is tried at other sizes and turned', async () => {
    const { handed, tries } = parts({ longest: 1280, turn: 45, texts: ['A'] })
    expect(await readPicture(file, handed)).toEqual({ ok: true, texts: ['A'] })
    expect(tries).toEqual(['1280/0', '2400/0', '640/0', '1280/45'])
  })

  it('without a code says so', async () => {
    const { handed, isClosed } = parts(null)
    expect(await readPicture(file, handed)).toEqual({ ok: false, problem: 'picture-no-code' })
    expect(isClosed()).toBe(true)
  })

  it('that the browser cannot open says so', async () => {
    const handed: PictureParts = { ...parts(null).handed, open: () => Promise.reject(new DOMException('HEIC', 'InvalidStateError')) }
    expect(await readPicture(file, handed)).toEqual({ ok: false, problem: 'picture-unreadable' })
  })

  it('without a working decoder says so', async () => {
    const { handed, isClosed } = parts(null, false)
    expect(await readPicture(file, handed)).toEqual({ ok: false, problem: 'decoder-failed' })
    expect(isClosed()).toBe(true)
  })
})
