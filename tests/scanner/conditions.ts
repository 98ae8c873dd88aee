import type { Grey } from '../../src/scanner/grey'

/** What a camera makes of a clean picture. Each gives a new picture; the same every time. */

/** Mean of a square of `2 * reach + 1` pixels: out of focus. */
export function blurred({ pixels, width, height }: Grey, reach: number): Grey {
  const across = averaged(pixels, width, height, 1, width, reach)
  return { pixels: averaged(across, height, width, width, 1, reach), width, height }
}

function averaged(from: Uint8Array, length: number, lines: number, step: number, next: number, reach: number): Grey['pixels'] {
  const to = new Uint8Array(from.length)
  for (let line = 0; line < lines; line++) {
    for (let i = 0; i < length; i++) {
      let sum = 0
      for (let j = i - reach; j <= i + reach; j++) {
        sum += from[line * next + Math.min(length - 1, Math.max(0, j)) * step]!
      }
      to[line * next + i * step] = sum / (2 * reach + 1)
    }
  }
  return to
}

/** Each pixel up to `strength` brighter or darker: high ISO in the dusk. Numerical Recipes' LCG, seeded. */
export function noisy(grey: Grey, strength: number): Grey {
  let seed = 20230520
  return mapped(grey, (value) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return value + (seed / 2 ** 31 - 1) * strength
  })
}

/** Contrast cut to `share` about a mean of 128. */
export function faded(grey: Grey, share: number): Grey {
  return mapped(grey, (value) => 128 + (value - 128) * share)
}

/** A lamp's reflection in the middle, `strength` brighter at its heart, gone at `radius` pixels. */
export function glaring(grey: Grey, strength: number, radius: number): Grey {
  return mapped(grey, (value, x, y) => {
    const away = Math.hypot(x - grey.width / 2, y - grey.height / 2) / radius
    return value + strength * Math.max(0, 1 - away)
  })
}

function mapped({ pixels, width, height }: Grey, change: (value: number, x: number, y: number) => number): Grey {
  const changed = Uint8ClampedArray.from(pixels, (value, i) => change(value, i % width, Math.floor(i / width)))
  return { pixels: new Uint8Array(changed.buffer), width, height }
}
