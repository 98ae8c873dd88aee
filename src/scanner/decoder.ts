import { BINARIZERS, defaultReaderOptions, prepareZXingModule, TEXT_MODES } from 'zxing-wasm/reader'
import type { ZXingReaderModule } from 'zxing-wasm/reader'
import type { Grey } from './grey'
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
  /** All QR codes in the frame, the one nearest its middle first; empty if there is none. */
  read(frame: Grey): Found[]
}

type ReadPixmap = ZXingReaderModule['readBarcodesFromPixmap']
type Options = Parameters<ReadPixmap>[3]
type Result = NonNullable<ReturnType<ReturnType<ReadPixmap>['get']>>
/** A vector on the wasm's side: it lives until it is deleted, which the package's types leave out. */
type Results = ReturnType<ReadPixmap> & { delete?(): void }

const asSeen: Options = {
  ...defaultReaderOptions,
  formats: 'QRCode',
  tryHarder: true,
  binarizer: BINARIZERS.indexOf('LocalAverage'),
  textMode: TEXT_MODES.indexOf('Plain'),
  eanAddOnSymbol: 0,
  characterSet: 0,
}

/** A code printed white on black was found in the first look, or not at all. */
const blackAndWhite: Options = { ...asSeen, binarizer: BINARIZERS.indexOf('FixedThreshold'), tryInvert: false }

/**
 * Starts the QR reader (zxing-cpp as WebAssembly). What it doesn't find in a frame as seen, it looks for once more in
 * black and white of our own making: 3 ms for a 720p frame with a code, 13 ms without one.
 *
 * @param wasm where its .wasm is served by us (the package's own default is a CDN), or its bytes.
 * @throws when the .wasm can't be had or compiled.
 */
export async function openDecoder(wasm: string | ArrayBuffer): Promise<Decoder> {
  // Its module itself, not the package's readBarcodes(): that takes RGBA only, makes grey of it at every look, and leaves
  // what it allocates to the garbage collector. At 15 frames a second for an hour that is 50 GB.
  const zxing = await prepareZXingModule({
    overrides: typeof wasm === 'string' ? { locateFile: () => wasm } : { wasmBinary: wasm },
    fireImmediately: true,
  })
  const threshold = openThreshold()
  let address = 0
  let room = 0

  function look({ pixels, width, height }: Grey, options: Options): Found[] {
    if (pixels.length > room) {
      if (address) zxing._free(address)
      address = zxing._malloc(pixels.length)
      room = pixels.length
    }
    zxing.HEAPU8.set(pixels, address)
    const results: Results = zxing.readBarcodesFromPixmap(address, width, height, options)
    const found: Found[] = []
    for (let i = 0; i < results.size(); i++) {
      const result = results.get(i)
      if (result) found.push(foundIn(result, width, height))
    }
    results.delete?.()
    return found.sort((a, b) => fromMiddle(a) - fromMiddle(b))
  }

  return {
    read(frame) {
      const found = look(frame, asSeen)
      return found.length ? found : look(threshold(frame), blackAndWhite)
    },
  }
}

function foundIn({ text, position }: Result, width: number, height: number): Found {
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
