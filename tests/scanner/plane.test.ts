import { expect, it } from 'vitest'
import { openPlane } from '../../src/scanner/plane'

/** A frame of 4x2 pixels whose bytes count up: brightness first, then colour. */
function frame(format: VideoPixelFormat | null, visibleRect = { width: 4, height: 2 } as DOMRectReadOnly): VideoFrame {
  const bytes = Uint8Array.from({ length: 12 }, (_, i) => i)
  const known = {
    format,
    visibleRect,
    allocationSize: () => bytes.length,
    copyTo(to: Uint8Array) {
      to.set(bytes)
      return Promise.resolve([])
    },
  }
  return known as unknown as VideoFrame
}

it('gives the brightness of a frame and leaves its colour', async () => {
  const plane = openPlane()
  const pixels = Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7)
  expect(await plane(frame('I420'))).toEqual({ pixels, width: 4, height: 2 })
  expect(await plane(frame('NV12'))).toEqual({ pixels, width: 4, height: 2 })
})

it('has nothing for a frame of another format, or in the graphics card', async () => {
  const plane = openPlane()
  expect(await plane(frame('BGRA'))).toBeNull()
  expect(await plane(frame(null))).toBeNull()
})
