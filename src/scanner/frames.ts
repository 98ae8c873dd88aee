import { canDrawAnywhere, openDrawing } from './drawing'

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
 * Least time from one look to the next, in ms: 15 or 16 looks a second from a camera of 30. A ticket held up for half a
 * second is met seven times, and a phone in the sun for four hours has half the work, heat and battery of looking at all.
 */
const LEAST_GAP = 60

/** Longest side of a frame as it is decoded, in pixels. A code too small to be read at 1280 is beyond an arm's reach. */
const LONGEST_SIDE = 1280

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

const draw = openDrawing()

/** The video's present picture, no larger than the decoder needs. The caller owns it: a bitmap must be handed over or closed. */
export async function takeFrame(video: HTMLVideoElement): Promise<ImageBitmap | ImageData> {
  const { width, height } = fitted(video.videoWidth, video.videoHeight, LONGEST_SIDE)
  if (!canDrawAnywhere()) return draw(video, width, height)
  return createImageBitmap(video, { resizeWidth: width, resizeHeight: height })
}

/** Width and height made smaller, in proportion, until the longer is at most `longest`; never larger. */
export function fitted(width: number, height: number, longest: number): { width: number; height: number } {
  const scale = Math.min(1, longest / Math.max(width, height))
  return { width: Math.round(width * scale), height: Math.round(height * scale) }
}
