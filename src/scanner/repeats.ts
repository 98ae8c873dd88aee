/**
 * How long a code must have been out of view before it counts as shown again, in ms. Longer than a hand's tremble, a
 * gust or the camera's focusing hides a code that is still held there, and than the 1.2 s its verdict covers the screen;
 * shorter than it takes to put a ticket away and hold it up again on purpose.
 */
export const OUT_OF_VIEW = 2_000

/**
 * The same code held in front of the camera counts once.
 *
 * Of several codes in one frame only the one nearest the middle counts: it is the one aimed at, and the neighbours on a
 * sheet of cards belong to people who are not here. A code that has counted stays counted while it is anywhere in view.
 */
export class Repeats {
  /** When each code that has counted was last in view. */
  readonly #seen = new Map<string, number>()

  /**
   * @param texts what one frame holds, the nearest to the middle first; empty if nothing.
   * @param now milliseconds, never going back.
   * @returns the text that counts now, or null.
   */
  see(texts: readonly string[], now: number): string | null {
    for (const [text, last] of this.#seen) if (now - last >= OUT_OF_VIEW) this.#seen.delete(text)
    const [nearest] = texts
    const counts = nearest !== undefined && !this.#seen.has(nearest)
    if (counts) this.#seen.set(nearest, now)
    for (const text of texts) if (this.#seen.has(text)) this.#seen.set(text, now)
    return counts ? nearest : null
  }
}
