/**
 * A film for Chromium's fake camera (`--use-file-for-fake-video-capture=FILE.y4m`), so that a test scans through the real
 * `getUserMedia`, worker and decoder.
 *
 * Chromium plays the file at its own rate from its first frame each time the camera is switched on (a second page joins
 * the film as it runs), and begins again after the last frame without a pause. So:
 * - begin with a blank second, for the first frames pass while the decoder still loads;
 * - end with a blank scene of more than two seconds if the first code is to count again in the next round, or let the test
 *   be over before;
 * - show each code in three frames at least: under load the page may miss one.
 *
 * Each frame is stored in full, 1.5 bytes a pixel: 4.6 MB a second at 640x480 and 10 a second. 320x240 and 5 a second
 * (0.6 MB a second) are enough for a ticket alone: 50 tickets of 0.6 s each are all read, in order.
 */
import { closeSync, openSync, writeSync } from 'node:fs'
import { draw } from './picture'
import type { Sight } from './picture'

export interface Scene extends Omit<Sight, 'texts'> {
  /** One code, several side by side, or null for nothing. */
  readonly show: string | readonly string[] | null
  readonly seconds: number
  /** What the camera sees instead of a drawing: grey values, row by row, of the film's width and height. */
  readonly photo?: Uint8Array
}

export interface Film {
  readonly width: number
  readonly height: number
  readonly framesPerSecond: number
}

const usual: Film = { width: 640, height: 480, framesPerSecond: 10 }

/** Writes the scenes, one after the other, to a y4m file (4:2:0, no colour). Width and height must be even. */
export function writeY4m(path: string, scenes: readonly Scene[], film: Partial<Film> = {}): void {
  const { width, height, framesPerSecond } = { ...usual, ...film }
  const colour = Buffer.alloc((width * height) / 2, 128)
  const file = openSync(path, 'w')
  try {
    writeSync(file, `YUV4MPEG2 W${width} H${height} F${framesPerSecond}:1 Ip A1:1 C420jpeg\n`)
    for (const { show, seconds, photo, ...sight } of scenes) {
      const texts = show === null ? [] : [show].flat()
      const frame = Buffer.concat([Buffer.from('FRAME\n'), photo ?? draw({ ...sight, texts }, width, height).pixels, colour])
      for (let i = 0; i < Math.round(seconds * framesPerSecond); i++) writeSync(file, frame)
    }
  } finally {
    closeSync(file)
  }
}
