import { greyOf } from './grey'
import type { Grey } from './grey'

/** Draws onto one canvas again and again, so that a thousand frames need no more canvases than the first. */
type Draw = (source: CanvasImageSource, width: number, height: number, turn?: number) => Grey

/**
 * Works in the page and in a worker.
 *
 * @returns a function that draws a source at `width` x `height`, turned about its middle by `turn` degrees (the canvas
 *   keeps its size: what is turned beyond it is cut off, what stays empty is black), and gives its pixels.
 */
export function openDrawing(): Draw {
  let context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D | null = null
  return (source, width, height, turn = 0) => {
    context ??= openContext()
    const { canvas } = context
    if (canvas.width !== width) canvas.width = width
    if (canvas.height !== height) canvas.height = height
    context.resetTransform()
    context.clearRect(0, 0, width, height)
    context.translate(width / 2, height / 2)
    context.rotate((turn * Math.PI) / 180)
    context.drawImage(source, -width / 2, -height / 2, width, height)
    return greyOf(context.getImageData(0, 0, width, height))
  }
}

function openContext(): CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D {
  // willReadFrequently keeps the canvas in main memory: reading it back from the GPU costs more than drawing it here.
  // Safari has OffscreenCanvas from 16.4 only; where it is missing, only the page draws.
  const context =
    typeof OffscreenCanvas === 'undefined'
      ? document.createElement('canvas').getContext('2d', { willReadFrequently: true })
      : new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })
  if (!context) throw new Error('This browser gives no 2D canvas')
  return context
}

/** Width and height made smaller, in proportion, until the longer is at most `longest`; never larger. */
export function fitted(width: number, height: number, longest: number): { width: number; height: number } {
  const scale = Math.min(1, longest / Math.max(width, height))
  return { width: Math.round(width * scale), height: Math.round(height * scale) }
}
