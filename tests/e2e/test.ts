import { test as base, type Page } from '@playwright/test'
import { Phone } from './phone'
import { Server } from './server'

export interface Fixtures {
  /** A server with the sample festival, for this test alone. Pages of this test open at it. */
  server: Server
  /** Makes a phone; each call another. @param film a y4m file for its camera */
  phone: (film?: string) => Promise<Phone>
  /** Keeps a picture of a screen for people to look at: tests/e2e/output/screens/{name}.png */
  picture: (page: Page, name: string) => Promise<void>
}

export const test = base.extend<Fixtures>({
  // The empty braces are Playwright's: it reads there which other fixtures this one needs.
  server: async ({}, use) => {
    const server = await Server.launch()
    await use(server)
    await server.remove()
  },
  baseURL: ({ server }, use) => use(server.origin),
  phone: async ({ launchOptions, contextOptions, baseURL, locale, timezoneId, viewport, permissions }, use) => {
    const phones: Phone[] = []
    await use(async (film) => {
      const phone = await Phone.unpack(
        { ...launchOptions, ...contextOptions, baseURL, locale, timezoneId, viewport, permissions },
        film,
      )
      phones.push(phone)
      return phone
    })
    await Promise.all(phones.map((phone) => phone.remove()))
  },
  picture: async ({}, use) => {
    await use(async (page, name) => {
      await page.screenshot({ path: new URL(`output/screens/${name}.png`, import.meta.url).pathname })
    })
  },
})

export { expect } from '@playwright/test'
