import { fitted, openDrawing } from './drawing'
import type { Grey } from './grey'

/** Calls back once, at the next frame; what it returns calls that off. */
export type NextFrame = (callback: () => void) => () => void

export interface FrameCounts {
  /** Frames that were looked at. */
  readonly looked: number
  /** Frames that came while an earlier one was still being looked at, and were let go. */
  readonly dropped: number
}

export interface Frames {
  counts(): FrameCounts
  stop(): void
}

/**
 * Least time from one look to the next, in ms: every second frame of a camera of 30 a second, every one of 15, with room
 * for jitter. A ticket held up for half a second is met seven times, and a phone in the sun for four hours is spared half
 * the work, heat and battery of looking at all.
 */
const LEAST_GAP = 45

/**
 * Looks at frames as they come, never at two at once: a frame that comes while one is looked at is dropped, not queued,
 * so that a slow phone sees the present more seldom rather than the past.
 *
 * @param look must not reject; the next frame waits until it is done.
 * @param clock milliseconds.
 */
export function pullFrames(nextFrame: NextFrame, look: () => Promise<void>, clock: () => number): Frames {
  let looked = 0
  let dropped = 0
  let busy = false
  let lastLook = -Infinity
  let callOff = nextFrame(onFrame)

  function onFrame(): void {
    callOff = nextFrame(onFrame)
    const now = clock()
    if (now - lastLook < LEAST_GAP) return
    if (busy) {
      dropped++
      return
    }
    looked++
    busy = true
    lastLook = now
    void look().finally(() => {
      busy = false
    })
  }

  return { counts: () => ({ looked, dropped }), stop: () => callOff() }
}

/** The frames of a playing video; where the browser doesn't tell of them, those of the screen. */
export function framesOf(video: HTMLVideoElement): NextFrame {
  if ('requestVideoFrameCallback' in video) {
    return (callback) => {
      const handle = video.requestVideoFrameCallback(callback)
      return () => video.cancelVideoFrameCallback(handle)
    }
  }
  return (callback) => {
    const handle = requestAnimationFrame(callback)
    return () => cancelAnimationFrame(handle)
  }
}

/** Longest side of a frame that the page has to draw, in pixels; a code too small to be read at that is out of arm's reach. */
const LONGEST_SIDE = 1280

const draw = openDrawing()

/**
 * The video's present picture. Its owner must hand it over or close it.
 *
 * A `VideoFrame` is the camera's own memory and costs nothing until the worker looks. Drawing the video, or making an
 * `ImageBitmap` of it, leaves half a gigabyte of frames in Chromium's caches within the first half minute.
 */
export function takeFrame(video: HTMLVideoElement): VideoFrame | Grey {
  if (typeof VideoFrame !== 'undefined') return new VideoFrame(video)
  const { width, height } = fitted(video.videoWidth, video.videoHeight, LONGEST_SIDE)
  return draw(video, width, height)
}
