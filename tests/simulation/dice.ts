/** Chance whose whole future is in its seed. */
export interface Dice {
  /** At least 0, less than 1. */
  roll(): number
  chance(probability: number): boolean
  /** A whole number, both ends included. */
  between(least: number, most: number): number
  pick<T>(from: readonly T[]): T
  bytes(count: number): Buffer
}

/** mulberry32: 32 bits of state, more than enough for a few thousand rolls. Source: Tommy Ettinger (2017), public domain. */
export function makeDice(seed: number): Dice {
  let state = seed >>> 0
  const roll = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const between = (least: number, most: number) => least + Math.floor(roll() * (most - least + 1))
  return {
    roll,
    chance: (probability) => roll() < probability,
    between,
    pick<T>(from: readonly T[]): T {
      return from[between(0, from.length - 1)] as T
    },
    bytes: (count) => Buffer.from(Array.from({ length: count }, () => between(0, 255))),
  }
}

let ofServer: Dice | undefined

/** From now on the server's secrets are thrown with these. */
export function throwServerDice(dice: Dice | undefined): void {
  ofServer = dice
}

/** Stand in for node:crypto's: device ids decide between operations of the same moment, so they are the seed's too. */
export function randomBytes(count: number): Buffer {
  if (!ofServer) throw new Error('nobody set a stage')
  return ofServer.bytes(count)
}
