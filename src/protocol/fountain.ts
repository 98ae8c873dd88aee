/**
 * A random linear fountain code over GF(2): from a text cut into `count` blocks of one length come frames without end, and any `count` of
 * them that are independent give the blocks back, whichever they are and in whatever order. Frames 0 … count-1 are the blocks
 * themselves; each later one is the exclusive or of a random half of them.
 *
 * Of count + e later frames, all but one set in 2^e suffice (Trullols-Crespo, Barcelo-Ordinas, Fiore, "Exact decoding probability under random linear
 * network coding", 2011): about two more than there are blocks, however many there are. Solving costs count² exclusive ors of a block, which
 * for the thousand that we allow is less than drawing the codes.
 */

/** Which blocks are in a frame, a bit each. */
type Mask = Uint32Array

/** The frame of that number. All blocks must have one length. */
export function frameOf(blocks: readonly Uint8Array[], number: number): Uint8Array {
  const frame = new Uint8Array(blocks[0]?.length ?? 0)
  const mask = maskOf(blocks.length, number)
  blocks.forEach((block, index) => { if (has(mask, index)) mix(frame, block) })
  return frame
}

interface Row {
  mask: Mask
  data: Uint8Array
}

/** What frames have told so far, as equations in steps: Gauss's elimination, one frame after the other. */
export class Basin {
  /** How many of the blocks' worth is here; at `count` all of it. */
  held = 0
  /** By the lowest block in each. */
  readonly #rows: (Row | undefined)[]

  constructor(count: number) {
    this.#rows = new Array<Row | undefined>(count).fill(undefined)
  }

  /** Takes up a frame; one that says nothing new changes nothing. */
  add(number: number, data: Uint8Array): void {
    const row: Row = { mask: maskOf(this.#rows.length, number), data: data.slice() }
    for (let index = 0; index < this.#rows.length; index++) {
      if (!has(row.mask, index)) continue
      const other = this.#rows[index]
      if (!other) {
        this.#rows[index] = row
        this.held++
        return
      }
      subtract(row, other)
    }
  }

  /** The blocks in their order; undefined while something lacks. */
  blocks(): Uint8Array[] | undefined {
    if (this.held < this.#rows.length) return undefined
    const solved: Row[] = []
    for (let index = this.#rows.length - 1; index >= 0; index--) {
      const { mask, data } = this.#rows[index] as Row
      const row = { mask: mask.slice(), data: data.slice() }
      for (let later = index + 1; later < this.#rows.length; later++) if (has(row.mask, later)) subtract(row, solved[later] as Row)
      solved[index] = row
    }
    return solved.map((row) => row.data)
  }
}

function maskOf(count: number, number: number): Mask {
  const mask = new Uint32Array(Math.ceil(count / 32))
  if (number >= count) mask.forEach((_, word) => { mask[word] = scatter(number * mask.length + word) })
  const beyond = count % 32
  if (beyond > 0) mask[mask.length - 1] = (mask.at(-1) ?? 0) & (2 ** beyond - 1)
  // A block by itself; and a frame in which chance put none would say nothing.
  if (mask.every((word) => word === 0)) {
    const index = number % count
    mask[index >> 5] = 1 << (index & 31)
  }
  return mask
}

/**
 * The last step of MurmurHash3 (Austin Appleby, public domain): every bit of the number moves every bit of the answer. Both ends must
 * have the same one. A shift register would not do: it is linear, and so would be the frames.
 */
function scatter(number: number): number {
  let hash = number >>> 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

function has(mask: Mask, index: number): boolean {
  return (((mask[index >> 5] ?? 0) >>> (index & 31)) & 1) === 1
}

function subtract(row: Row, other: Row): void {
  mix(row.mask, other.mask)
  mix(row.data, other.data)
}

/** Adding and subtracting are the same in GF(2). */
function mix(into: Uint8Array | Uint32Array, other: Uint8Array | Uint32Array): void {
  for (let i = 0; i < into.length; i++) into[i] = (into[i] ?? 0) ^ (other[i] ?? 0)
}
