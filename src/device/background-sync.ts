import type { Ports } from './ports'

/** The tag of Background Sync; background.ts answers to it in the service worker. */
export const backgroundTag = 'linli-outbox'

/**
 * Asks the browser to call the service worker when there is a network, so that what waits goes out even after the page was closed: when an
 * exchange failed, and when the page is left. Not after every record: a page that is in sync needs no second sender. Browsers
 * without Background Sync do without.
 */
export class Background {
  readonly #ports: Ports
  readonly #isWaiting: () => boolean
  readonly #stopWatching: () => void
  #asked = false

  /** @param isWaiting whether the server has not acknowledged everything */
  constructor(ports: Ports, isWaiting: () => boolean) {
    this.#ports = ports
    this.#isWaiting = isWaiting
    this.#stopWatching = ports.page.watch((event) => { if (event === 'hidden') this.ask() })
  }

  /** Once is enough until an exchange succeeds. */
  ask(): void {
    if (this.#asked || !this.#isWaiting()) return
    this.#asked = true
    this.#ports.registerBackgroundSync(backgroundTag).catch(() => { this.#asked = false })
  }

  /** An exchange succeeded. */
  rest(): void {
    this.#asked = false
  }

  close(): void {
    this.#stopWatching()
  }
}
