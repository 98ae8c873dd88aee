import type { Page, Route } from '@playwright/test'
import type { Phone } from './phone'
import type { Server } from './server'
import { askAsOrganiser, startShift, syncLine } from './staff'
import { expect, test } from './test'

const name = '家电维修手机'

/** Joins as a host and opens the booth, where one tap is one record. */
async function openBooth(server: Server, { page }: Phone): Promise<Page> {
  await startShift(page, await server.invite('host', 'v-main'), name)
  await page.getByLabel('找摊位').fill('家电维修')
  await page.locator('.post-choice').first().click()
  await expect(syncLine(page)).toContainText('全部已传')
  return page
}

async function openSecondTab({ context, page }: Phone): Promise<Page> {
  const second = await context.newPage()
  await second.goto(page.url())
  await expect(tile(second)).toBeVisible()
  return second
}

const tile = (page: Page) => page.locator('.tile').first()
const give = (page: Page) => tile(page).getByRole('button', { name: /加一/ }).click()
const given = (page: Page) => tile(page).locator('strong')
const openTab = (page: Page, tab: string) => page.getByRole('link', { name: tab, exact: true }).click()
const leads = (page: Page) => page.getByText('连着服务器,有新的会马上收到')
const follows = (page: Page) => page.getByText('由这台手机的另一个页面同步')

/** How many records of the phone the server has stored: without a hole, as its numbers go. */
async function stored(server: Server): Promise<number | undefined> {
  const { devices } = await askAsOrganiser(server, '/api/devices') as { devices: { name: string; accepted: number }[] }
  return devices.find((device) => device.name === name)?.accepted
}

/**
 * Waits until Background Sync is asked for.
 * @returns false where this browser has none: a headless shell refuses to keep what it is asked for
 */
async function expectAskedFor(page: Page): Promise<boolean> {
  const tags = () => page.evaluate(async () => {
    const { sync } = await navigator.serviceWorker.ready as ServiceWorkerRegistration & { sync: { getTags(): Promise<string[]> } }
    return sync.getTags().catch((error: Error) => error.message)
  })
  if (await tags() === 'Background Sync is disabled.') return false
  await expect.poll(tags).toEqual(['linli-outbox'])
  return true
}

/** What a browser with Background Sync does when the network is back. */
async function callServiceWorker(page: Page, origin: string): Promise<void> {
  const developer = await page.context().newCDPSession(page)
  const registered = new Promise<string>((resolve) => {
    developer.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const own = registrations.find(({ scopeURL }) => scopeURL.startsWith(origin))
      if (own) resolve(own.registrationId)
    })
  })
  await developer.send('ServiceWorker.enable')
  await developer.send('ServiceWorker.dispatchSyncEvent', { origin, registrationId: await registered, tag: 'linli-outbox', lastChance: false })
}

test('with the last tab closed, what waits is sent by the service worker, which the browser calls', async ({ server, phone }) => {
  const host = await phone()
  // Nobody is asked for this in a browser, but here what is not granted is denied.
  await host.context.grantPermissions(['camera', 'background-sync'])
  const page = await openBooth(server, host)
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated')
  // The page's own requests come to nothing.
  await page.route('**/api/sync', (route) => route.abort())
  await give(page)
  await expect(syncLine(page)).toContainText('待传 1')
  const asked = await expectAskedFor(page)
  expect(await stored(server)).toBe(0)
  // The browser itself stays.
  const blank = await host.context.newPage()
  await page.close()
  if (!asked) await callServiceWorker(blank, server.origin)
  await expect.poll(() => stored(server), { timeout: 15_000 }).toBe(1)

  const again = await host.context.newPage()
  await again.goto('/booth')
  await expect(given(again)).toHaveText('1')
  await expect(syncLine(again)).toContainText('全部已传')
})

test('of two tabs one leads; each has the other\'s records at once; when the leader is closed, the other takes over', async ({ server, phone }) => {
  const host = await phone()
  const first = await openBooth(server, host)
  const second = await openSecondTab(host)
  await give(first)
  await expect(given(second)).toHaveText('1')
  await give(second)
  await expect(given(first)).toHaveText('2')
  for (const tab of [first, second]) {
    await expect(syncLine(tab)).toContainText('全部已传')
    await openTab(tab, '同步')
  }
  await expect(leads(first)).toBeVisible()
  await expect(follows(second)).toBeVisible()

  await first.close()
  await expect(leads(second)).toBeVisible()
  await openTab(second, '摊位')
  await give(second)
  await expect(given(second)).toHaveText('3')
  await expect(syncLine(second)).toContainText('全部已传')
  expect(await stored(server)).toBe(3)
})

test('without Web Locks both tabs lead, which harms nothing', async ({ server, phone }) => {
  const host = await phone()
  await host.context.addInitScript(() => { Object.defineProperty(Navigator.prototype, 'locks', { value: undefined }) })
  const first = await openBooth(server, host)
  const second = await openSecondTab(host)
  const tabs = [first, second]
  for (let i = 0; i < 3; i++) await Promise.all(tabs.map(give))
  for (const tab of tabs) {
    await expect(given(tab)).toHaveText('6')
    await expect(syncLine(tab)).toContainText('全部已传')
    await openTab(tab, '同步')
    await expect(leads(tab)).toBeVisible()
  }
  expect(await stored(server)).toBe(6)
})

test('the server is down and the browser believes in its network: the line tells how many wait and how long, and all goes by itself', async ({ server, phone, picture }) => {
  const host = await phone()
  await host.page.clock.install()
  const page = await openBooth(server, host)
  await server.kill()
  await give(page)
  await give(page)
  expect(await page.evaluate(() => navigator.onLine)).toBe(true)
  await expect(syncLine(page)).toContainText('待传 2')
  await page.clock.fastForward('07:00')
  await expect(syncLine(page)).toContainText('待传 2 · 最久 7 分')
  await picture(page, 'sync-line-server-down')
  await server.start()
  // No wait is longer than a minute.
  await page.clock.fastForward('01:00')
  await expect(syncLine(page)).toContainText('全部已传', { timeout: 20_000 })
  expect(await stored(server)).toBe(2)
})

const stranger = '回答的不是邻里服务器'
const unreachable = '连不上服务器'
const answers: [what: string, answer: (route: Route) => Promise<void>, sentence: string][] = [
  ['a captive portal\'s page', (route) => route.fulfill({ contentType: 'text/html', body: '<h1>登录 Wi-Fi</h1>' }), stranger],
  ['the way to a captive portal', (route) => route.fulfill({ status: 302, headers: { location: 'http://portal.test/' } }), unreachable],
  ['another program\'s JSON', (route) => route.fulfill({ json: { ok: true, accepted: { everything: true } } }), stranger],
  ['a proxy\'s complaint', (route) => route.fulfill({ status: 502, contentType: 'text/html', body: 'Bad Gateway' }), stranger],
  ['nothing, and the line is cut', (route) => route.abort('connectionreset'), unreachable],
  ['half of our own server\'s answer', async (route) => {
    const response = await route.fetch()
    const body = await response.text()
    await route.fulfill({ response, body: body.slice(0, body.length / 2) })
  }, stranger],
]

test('whatever else answers: it is said, nothing is lost, and the line never claims more than was true', async ({ server, phone }) => {
  const host = await phone()
  await host.page.clock.install()
  const page = await openBooth(server, host)
  let answered = 0
  let answer = answers[0]![1]
  await page.route('**/api/sync', async (route) => {
    await answer(route)
    answered++
  })
  await give(page)
  await expect(syncLine(page)).toContainText('待传 1')
  const synced = await syncLine(page).getByText('已同步').textContent()
  await page.clock.fastForward('10:00')
  await openTab(page, '同步')

  for (const [what, next, sentence] of answers) {
    await test.step(what, async () => {
      answer = next
      const before = answered
      await page.getByRole('button', { name: '现在就传' }).click()
      await expect.poll(() => answered).toBeGreaterThan(before)
      await expect(page.getByRole('button', { name: '现在就传' })).toBeEnabled()
      await expect(page.getByText(sentence)).toBeVisible()
      await expect(page.getByText('还有 1 条没传到服务器')).toBeVisible()
      await expect(syncLine(page)).toContainText('待传 1')
      await expect(syncLine(page).getByText('已同步')).toHaveText(synced ?? '')
    })
  }
  // Half an answer: the server has it, and this phone can't know.
  expect(await stored(server)).toBe(1)
  await page.unroute('**/api/sync')
  await page.getByRole('button', { name: '现在就传' }).click()
  await expect(syncLine(page)).toContainText('全部已传')
  expect(await stored(server)).toBe(1)
})
