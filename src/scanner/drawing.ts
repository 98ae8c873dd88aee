/** RGBA, 8 bits each, row by row: as much of an `ImageData` as is read, so that a test can make one without a browser. */
export type Pixels = Pick<ImageData, 'data' | 'width' | 'height'>

/** Draws onto one canvas again and again, so that an hour of frames allocates no more canvases than the first. */
type Draw = (source: CanvasImageSource, width: number, height: number, turn?: number) => ImageData

/**
 * @returns a function that draws a source at `width` x `height`, turned about its middle by `turn` degrees
 *   (the canvas keeps its size: what is turned beyond it is cut off, what stays empty is transparent black), and gives its pixels.
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
    return context.getImageData(0, 0, width, height)
  }
}

function openContext(): CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D {
  // willReadFrequently keeps the canvas in main memory: reading it back from the GPU costs more than drawing it here.
  const context = canDrawAnywhere()
    ? new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })
    : document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  if (!context) throw new Error('This browser gives no 2D canvas')
  return context
}

/** Whether a worker can draw too; Safari before 16.4 can't, and there the page draws each frame itself. */
export function canDrawAnywhere(): boolean {
  return typeof OffscreenCanvas !== 'undefined'
}
