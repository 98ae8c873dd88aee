import { chromium, type BrowserContext, type BrowserContextOptions, type LaunchOptions, type Page } from '@playwright/test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

type PhoneSettings = BrowserContextOptions & LaunchOptions

/**
 * A phone: a browser process of its own with a storage of its own, so that two of them share nothing but the server.
 * What a film shows its camera is an argument of the process.
 */
export class Phone {
  readonly #profile: string
  readonly #settings: PhoneSettings
  #context: BrowserContext | undefined

  private constructor(profile: string, settings: PhoneSettings) {
    this.#profile = profile
    this.#settings = settings
  }

  /** @param film a y4m file for the camera (`camera/y4m.ts` writes one); without it, Chromium's own moving picture */
  static async unpack(settings: PhoneSettings, film?: string): Promise<Phone> {
    const args = [...(settings.args ?? []), ...(film ? [`--use-file-for-fake-video-capture=${film}`] : [])]
    const phone = new Phone(await mkdtemp(join(tmpdir(), 'linli-phone-')), { ...settings, args })
    await phone.open()
    return phone
  }

  get context(): BrowserContext {
    if (!this.#context) throw new Error('This phone is switched off')
    return this.#context
  }

  /** The tab that was opened first. */
  get page(): Page {
    const page = this.context.pages()[0]
    if (!page) throw new Error('This phone has no tab open')
    return page
  }

  /** Starts the browser; after `close` with everything that was stored, as after a night. */
  async open(): Promise<void> {
    this.#context = await chromium.launchPersistentContext(this.#profile, this.#settings)
  }

  async close(): Promise<void> {
    await this.#context?.close()
    this.#context = undefined
  }

  /** Closes the browser and forgets everything. */
  async remove(): Promise<void> {
    await this.close()
    await rm(this.#profile, { recursive: true, force: true })
  }
}
