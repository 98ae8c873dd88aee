import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'
import type { ReaderOptions, ReadResult } from 'zxing-wasm/reader'
import type { Pixels } from './drawing'
import { openThreshold } from './threshold'

/** A place in a frame as shares of its width and height (0 to 1), so that it holds at any size. */
export interface Place {
  readonly x: number
  readonly y: number
}

/** A QR code that was read. `corners`: top left, top right, bottom right, bottom left of the code as printed. */
export interface Found {
  readonly text: string
  readonly corners: readonly [Place, Place, Place, Place]
}

export interface Decoder {
  /** All QR codes in the pixels, the one nearest the middle first; empty if there is none. */
  read(pixels: Pixels): Promise<Found[]>
}

const asSeen: ReaderOptions = { formats: ['QRCode'], tryHarder: true, textMode: 'Plain' }

/** A code printed white on black was found in the first look, or not at all. */
const blackAndWhite: ReaderOptions = { ...asSeen, binarizer: 'FixedThreshold', tryInvert: false }

/**
 * Starts the QR reader (zxing-cpp as WebAssembly). What it doesn't find in a frame as seen, it looks for once more in
 * black and white of our own making: 4 ms for a 720p frame with a code, 14 ms without one.
 *
 * @param wasm where its .wasm is served by us (the package's own default is a CDN), or its bytes.
 * @throws when the .wasm can't be had or compiled.
 */
export async function openDecoder(wasm: string | ArrayBuffer): Promise<Decoder> {
  await prepareZXingModule({
    overrides: typeof wasm === 'string' ? { locateFile: () => wasm } : { wasmBinary: wasm },
    fireImmediately: true,
  })
  const threshold = openThreshold()
  const look = async (pixels: Pixels, options: ReaderOptions): Promise<Found[]> => {
    // It takes an ImageData for its three fields, and reads no others.
    const results = await readBarcodes(pixels as ImageData, options)
    return results.map((result) => foundIn(result, pixels)).sort((a, b) => fromMiddle(a) - fromMiddle(b))
  }
  return {
    async read(pixels) {
      const found = await look(pixels, asSeen)
      return found.length ? found : look(threshold(pixels), blackAndWhite)
    },
  }
}

function foundIn({ text, position }: ReadResult, { width, height }: Pixels): Found {
  const place = ({ x, y }: Place): Place => ({ x: x / width, y: y / height })
  const { topLeft, topRight, bottomRight, bottomLeft } = position
  return { text, corners: [place(topLeft), place(topRight), place(bottomRight), place(bottomLeft)] }
}

/** How far a code's centre lies from the frame's. */
function fromMiddle({ corners }: Found): number {
  const x = corners.reduce((sum, corner) => sum + corner.x, 0) / corners.length
  const y = corners.reduce((sum, corner) => sum + corner.y, 0) / corners.length
  return Math.hypot(x - 0.5, y - 0.5)
}
