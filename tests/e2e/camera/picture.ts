import { encode } from 'uqr'
import type { Grey } from '../../../src/scanner/grey'

/** What stands before the camera: QR codes side by side on grey, or (no `texts`) the grey alone. */
export interface Sight {
  readonly texts: readonly string[]
  /** Clockwise, in degrees, each code about its own middle. */
  readonly rotate?: number
  /** Width of a code with its white border, as a share of the room it has; beyond 0.7 a turned one is cut off. Default 0.9. */
  readonly scale?: number
}

const BACKGROUND = 150
/** ISO/IEC 18004 asks for a quiet zone of four modules. */
const BORDER = 4

export function draw({ texts, rotate = 0, scale = 0.9 }: Sight, width: number, height: number): Grey {
  const pixels = new Uint8Array(width * height).fill(BACKGROUND)
  const room = width / texts.length
  const cosine = Math.cos((rotate * Math.PI) / 180)
  const sine = Math.sin((rotate * Math.PI) / 180)
  texts.forEach((text, index) => {
    const { data, size } = encode(text, { ecc: 'M', border: BORDER })
    const perModule = (Math.min(room, height) * scale) / size
    const middleX = room * (index + 0.5)
    const middleY = height / 2
    for (let y = 0; y < height; y++) {
      for (let x = Math.ceil(room * index); x < room * (index + 1); x++) {
        const right = x + 0.5 - middleX
        const down = y + 0.5 - middleY
        const column = Math.floor((right * cosine + down * sine) / perModule + size / 2)
        const row = Math.floor((down * cosine - right * sine) / perModule + size / 2)
        const dark = data[row]?.[column]
        if (dark !== undefined) pixels[y * width + x] = dark ? 0 : 255
      }
    }
  })
  return { pixels, width, height }
}
