/** Brightness 0 to 255 of each pixel, row by row without gaps: all that a decoder looks at. */
export interface Grey {
  readonly pixels: Uint8Array<ArrayBuffer>
  readonly width: number
  readonly height: number
}

/** Grey of RGBA pixels by ITU-R BT.601, in whole numbers: 306, 601 and 117 are its shares of 1024. */
export function greyOf({ data, width, height }: Pick<ImageData, 'data' | 'width' | 'height'>): Grey {
  const pixels = new Uint8Array(width * height)
  for (let i = 0, p = 0; i < pixels.length; i++, p += 4) {
    pixels[i] = (306 * data[p]! + 601 * data[p + 1]! + 117 * data[p + 2]! + 512) >> 10
  }
  return { pixels, width, height }
}
