import { fitted, openDrawing } from './drawing'
import type { Grey } from './grey'
import { openReader } from './reader'
import type { Reader } from './reader'

/** `unreadable`: no picture this browser knows (HEIC outside Safari, a broken file); `no-code`: a picture without a QR code we can read. */
export type PictureProblem = 'picture-unreadable' | 'picture-no-code' | 'decoder-failed'

export type PictureReading =
  | { readonly ok: true; readonly texts: readonly string[] }
  | { readonly ok: false; readonly problem: PictureProblem }

/** An opened picture, upright, that can be drawn at any size. */
export interface Picture {
  /** Its pixels with the longer side at most `longest`, turned by `turn` degrees. */
  pixels(longest: number, turn: number): Grey
  close(): void
}

/** What is handed in, so that a test needs no browser. */
export interface PictureParts {
  /** Rejects if the file is no picture. */
  open(file: Blob): Promise<Picture>
  reader(): Reader
}

/**
 * Sizes and turns in the order they are tried. A screenshot or a photo of one ticket is read at the first; 2400 is for a
 * small code in a large photo, 640 evens out noise and the moiré of a photographed screen, and the turn is for codes that
 * lie near 45 degrees, where a finder's squares are crossed at their thinnest.
 */
const TRIES = [
  { longest: 1280, turn: 0 },
  { longest: 2400, turn: 0 },
  { longest: 640, turn: 0 },
  { longest: 1280, turn: 45 },
] as const

const browser: PictureParts = { open: openPicture, reader: () => openReader() }

/**
 * Reads the QR codes in a picture from the album.
 *
 * @returns their texts without doubles, the one nearest the middle first, or why there is none.
 */
export async function readPicture(file: Blob, parts: PictureParts = browser): Promise<PictureReading> {
  const picture = await parts.open(file).catch(() => null)
  if (!picture) return { ok: false, problem: 'picture-unreadable' }
  const reader = parts.reader()
  try {
    for (const { longest, turn } of TRIES) {
      const { found } = await reader.read(picture.pixels(longest, turn))
      if (found.length) return { ok: true, texts: [...new Set(found.map(({ text }) => text))] }
    }
    return { ok: false, problem: 'picture-no-code' }
  } catch {
    return { ok: false, problem: 'decoder-failed' }
  } finally {
    reader.close()
    picture.close()
  }
}

async function openPicture(file: Blob): Promise<Picture> {
  const bitmap = await createImageBitmap(file)
  const draw = openDrawing()
  return {
    pixels(longest, turn) {
      const { width, height } = fitted(bitmap.width, bitmap.height, longest)
      return draw(bitmap, width, height, turn)
    },
    close: () => bitmap.close(),
  }
}
