import type { Page } from '@playwright/test'
import { writeY4m } from './camera/y4m'
import { newName, oldName, test } from './deployment'
import { choosePost, startShift, verdict } from './staff'
import { expect } from './test'
import { sampleTickets } from './tickets'

/** One of the main screens, by its tab below. */
const openTab = (page: Page, name: string) => page.getByRole('link', { name, exact: true }).click()
const offer = (page: Page) => page.getByText('新版本已就绪')

/** Waits until the service worker answers for the server, with everything that it keeps. */
const inService = (page: Page) => page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated')

/** The tab asks for a new version, and the browser has it ready. */
async function findNewBuild(page: Page): Promise<void> {
  await page.evaluate(async () => { await (await navigator.serviceWorker.ready).update() })
  await page.waitForFunction(async () => (await navigator.serviceWorker.ready).waiting?.state === 'installed')
}

/** Something that a page forgets when it is loaded again. */
const mark = (page: Page) => page.evaluate(() => { document.documentElement.dataset.marked = 'yes' })
const expectNotReloaded = (page: Page) => expect(page.locator('html')).toHaveAttribute('data-marked', 'yes')

test('a tab of the old build goes on after a deployment, to screens it never opened and offline; the new one comes at a tap', async ({ server, phone, deploy, picture }) => {
  const { page, context } = await phone()
  await page.clock.install()
  await page.goto('/')
  await expect(page.getByText('已存到本机')).toBeVisible()
  await inService(page)
  const chunks = await page.evaluate(async () => {
    const requests = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()))
    return requests.flat().map(({ url }) => url).filter((url) => /(Schedule|Activity|Mine)Screen-\S+js/.test(url))
  })
  await mark(page)

  await deploy()
  expect(chunks).toHaveLength(3)
  for (const chunk of chunks) expect((await fetch(chunk)).status).toBe(404)
  // A shift is one long visit: the tab asks by itself.
  await page.clock.fastForward('01:00:01')
  await expect(offer(page)).toBeVisible()
  await picture(page, 'update-offered')

  await openTab(page, '日程')
  await expect(page).toHaveURL(/schedule/)
  await expect(page.getByRole('heading', { name: '日程' })).toBeVisible()
  await context.setOffline(true)
  await page.getByRole('article').getByRole('link').first().click()
  await expect(page).toHaveURL(/activity/)
  await openTab(page, '我的')
  await expect(page.getByRole('heading', { name: '我的', level: 1 })).toBeVisible()
  await expectNotReloaded(page)
  await expect(page).toHaveTitle(oldName)

  // Everything of the new build is here already.
  await page.getByRole('button', { name: '现在更新' }).click()
  await expect(page).toHaveTitle(newName, { timeout: 20_000 })
  await expect(page.getByRole('heading', { name: '我的', level: 1 })).toBeVisible()
  await expect(offer(page)).toBeHidden()
  await server.kill()
  await openTab(page, '日程')
  await expect(page.getByRole('heading', { name: '日程' })).toBeVisible()
})

test('nobody who scans is asked, nor can another tab take the camera away; who has left it is asked', async ({ server, phone, deploy, picture }) => {
  const { page: gate, context } = await phone()
  await startShift(gate, await server.invite('volunteer', 'v-main'), '入口一号手机')
  await choosePost(gate, '便民理发')
  await inService(gate)
  const other = await context.newPage()
  await other.goto('/sync')
  await expect(other).toHaveTitle(oldName)

  await deploy()
  await findNewBuild(other)
  await expect(offer(other)).toBeVisible()
  await other.getByRole('button', { name: '现在更新' }).click()
  await expect(other.getByText('另一个页面正在扫码,扫完再更新')).toBeVisible()
  await picture(other, 'update-another-scans')
  await expect(offer(gate)).toBeHidden()

  await openTab(gate, '同步')
  await expect(offer(gate)).toBeVisible()
  await openTab(gate, '扫码')
  await expect(gate.getByText('对准签到码')).toBeVisible()
  await expect(offer(gate)).toBeHidden()
  for (const tab of [gate, other]) await expect(tab).toHaveTitle(oldName)
})

test('when one tab takes the new build, another goes on with the old one until it opens another page', async ({ server, phone, deploy }, testInfo) => {
  const [ticket] = await sampleTickets(server)
  const film = testInfo.outputPath('film.y4m')
  writeY4m(film, [{ show: null, seconds: 2 }, { show: ticket?.qr ?? null, seconds: 2 }, { show: null, seconds: 60 }], { width: 320, height: 240, framesPerSecond: 5 })
  const { page: gate, context } = await phone(film)
  await startShift(gate, await server.invite('volunteer', 'v-main'), '入口一号手机')
  await expect(gate.getByRole('heading', { name: '选择签到点' })).toBeVisible()
  await inService(gate)
  const other = await context.newPage()
  await other.goto('/sync')
  await expect(other).toHaveTitle(oldName)
  await mark(gate)

  await deploy()
  await findNewBuild(other)
  await other.getByRole('button', { name: '现在更新' }).click()
  await expect(other).toHaveTitle(newName)
  await expect(offer(gate)).toBeHidden()

  // Its decoder is of the old build as well, and was never loaded before; what the browser itself remembers is nothing to rely on.
  await (await context.newCDPSession(gate)).send('Network.clearBrowserCache')
  await choosePost(gate, '便民理发')
  await expect(verdict(gate, '签到成功')).toContainText(ticket?.alias ?? '')
  await expectNotReloaded(gate)
  await expect(gate).toHaveTitle(oldName)
  await openTab(gate, '同步')
  await expect(gate).toHaveTitle(oldName)
  await openTab(gate, '扫码')
  await expect(gate).toHaveTitle(newName)
})

test.describe('without a service worker', () => {
  test.use({ serviceWorkers: 'block' })

  test('code that is gone is fetched with the page it belongs to, once', async ({ page, deploy }) => {
    await page.goto('/')
    await expect(page).toHaveTitle(oldName)
    await deploy()
    await openTab(page, '日程')
    await expect(page.getByRole('heading', { name: '日程' })).toBeVisible()
    await expect(page).toHaveURL(/schedule/)
    await expect(page).toHaveTitle(newName)
  })

  test('without a network either, the page that is open stays, and says so', async ({ page, context }) => {
    await page.goto('/')
    await expect(page.getByRole('article').first()).toBeVisible()
    await mark(page)
    await context.setOffline(true)
    await openTab(page, '日程')
    await expect(page.getByText('这个页面还没存到本机')).toBeVisible()
    await expectNotReloaded(page)
    await context.setOffline(false)
    await page.getByRole('button', { name: '再试一次' }).click()
    await expect(page.getByRole('heading', { name: '日程' })).toBeVisible()
  })

  test('code that is not to be had at all: one reload, then a sentence, and it can be tried again', async ({ page, picture }) => {
    let loads = 0
    page.on('load', () => { loads++ })
    await page.goto('/')
    await page.route('**/assets/ScheduleScreen-*.js', (route) => route.abort())
    await openTab(page, '日程')
    await expect(page.getByText('这个页面还没存到本机')).toBeVisible()
    await expect(page).toHaveURL(/schedule/)
    await page.waitForTimeout(1_000)
    expect(loads).toBe(2)
    await picture(page, 'screen-not-here')
    await openTab(page, '现在')
    await expect(page.getByText('这个页面还没存到本机')).toBeHidden()
    await openTab(page, '日程')
    await expect(page.getByText('这个页面还没存到本机')).toBeVisible()

    await page.unroute('**/assets/ScheduleScreen-*.js')
    await page.getByRole('button', { name: '再试一次' }).click()
    await expect(page.getByRole('heading', { name: '日程' })).toBeVisible()
  })
})
