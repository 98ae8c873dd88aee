import type { Grey } from './grey'

/** Pixel formats whose first plane is brightness, 8 bits a pixel; nearly every camera gives one of them. */
const BRIGHTNESS_FIRST = new Set<VideoPixelFormat | null>(['I420', 'I420A', 'I422', 'I444', 'NV12'])

/**
 * Copies the brightness out of a camera's frames as it is, with no canvas and no colours between.
 *
 * @returns a function that gives it, or null for a frame in another format (or in a graphics card's, which is null). It
 *   holds until the next call: one buffer serves for all frames.
 */
export function openPlane(): (frame: VideoFrame) => Promise<Grey | null> {
  let buffer = new Uint8Array(0)
  return async (frame) => {
    if (!BRIGHTNESS_FIRST.has(frame.format) || !frame.visibleRect) return null
    const size = frame.allocationSize()
    if (buffer.length !== size) buffer = new Uint8Array(size)
    // Left to itself, copyTo puts the planes one after the other and their rows without gaps (WebCodecs, 9.4.6).
    await frame.copyTo(buffer)
    const { width, height } = frame.visibleRect
    return { pixels: buffer.subarray(0, width * height), width, height }
  }
}
