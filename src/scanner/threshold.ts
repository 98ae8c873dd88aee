import type { Grey } from './grey'

/**
 * Half the side of the square a pixel is compared with, in pixels. Glare and shadow differ little over 25 pixels, and a
 * code large enough to be read at 720p has modules of 4 to 10, so that the square holds both black and white.
 * Of 8 to 40, 12 added most to what the decoder's own threshold reads: 8 of 120 made-up frames, none read falsely.
 */
const REACH = 12

/**
 * Black and white by comparing each pixel with the mean of those around it (the square is cut off at the edges). Brings
 * out codes under glare and of low contrast, which one threshold for a larger area swallows.
 *
 * Bradley and Roth, "Adaptive Thresholding using the Integral Image" (2007), with running sums in place of the integral:
 * two additions and two subtractions a pixel.
 *
 * @returns a function whose answer holds until it is called again: the buffer of one frame serves for the next.
 */
export function openThreshold(): (grey: Grey) => Grey {
  let stark = new Uint8Array(0)
  return (grey) => {
    if (stark.length !== grey.pixels.length) stark = new Uint8Array(grey.pixels.length)
    aboveLocalMean(grey, stark)
    return { ...grey, pixels: stark }
  }
}

function aboveLocalMean({ pixels, width, height }: Grey, out: Uint8Array): void {
  /** For each column, the sum of its pixels within reach of the present row. */
  const columns = new Uint32Array(width)
  const addRow = (row: number, sign: 1 | -1): void => {
    const start = row * width
    for (let x = 0; x < width; x++) columns[x]! += sign * pixels[start + x]!
  }
  for (let row = 0; row < Math.min(REACH, height); row++) addRow(row, 1)

  for (let y = 0; y < height; y++) {
    const entering = y + REACH
    const left = y - REACH - 1
    if (entering < height) addRow(entering, 1)
    if (left >= 0) addRow(left, -1)
    const rows = Math.min(height - 1, entering) - Math.max(-1, left)
    compareRow(y, rows)
  }

  function compareRow(y: number, rows: number): void {
    let sum = 0
    for (let x = 0; x < Math.min(REACH, width); x++) sum += columns[x]!
    for (let x = 0; x < width; x++) {
      const entering = x + REACH
      const left = x - REACH - 1
      if (entering < width) sum += columns[entering]!
      if (left >= 0) sum -= columns[left]!
      const count = rows * (Math.min(width - 1, entering) - Math.max(-1, left))
      const at = y * width + x
      out[at] = pixels[at]! * count < sum ? 0 : 255
    }
  }
}
