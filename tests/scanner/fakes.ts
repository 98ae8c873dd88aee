import type { Found } from '../../src/scanner/decoder'
import type { NextFrame } from '../../src/scanner/frames'
import type { Grey } from '../../src/scanner/grey'
import type { Reader } from '../../src/scanner/reader'

/** Lets promises that are already settled be heard. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A camera whose frames come when the test says, `gap` ms apart; its clock goes with them. */
export class FakeCamera {
  #waiting: (() => void) | null = null
  #now = 0

  readonly #gap: number

  constructor(gap: number) {
    this.#gap = gap
  }

  readonly clock = (): number => this.#now

  readonly next: NextFrame = (callback) => {
    this.#waiting = callback
    return () => {
      this.#waiting = null
    }
  }

  /** Whether anyone waits for its next frame. */
  get watched(): boolean {
    return this.#waiting !== null
  }

  async show(frames: number): Promise<void> {
    for (let i = 0; i < frames; i++) {
      this.#now += this.#gap
      const callback = this.#waiting
      this.#waiting = null
      callback?.()
      await settle()
    }
  }
}

export const blank = (): Grey => ({ pixels: new Uint8Array(4), width: 2, height: 2 })

export function foundOf(text: string): Found {
  const middle = { x: 0.5, y: 0.5 }
  return { text, corners: [middle, middle, middle, middle] }
}

/** A reader that finds what `sees` gives; null stands for a decoder that fails. */
export class FakeReader implements Reader {
  closed = false
  readonly #sees: () => readonly string[] | null

  constructor(sees: () => readonly string[] | null) {
    this.#sees = sees
  }

  read(): ReturnType<Reader['read']> {
    const texts = this.#sees()
    if (!texts) return Promise.reject(new Error('no .wasm'))
    return Promise.resolve({ found: texts.map(foundOf), milliseconds: 7 })
  }

  close(): void {
    this.closed = true
  }
}
