import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { writeY4m } from './camera/y4m'
import { choosePost, startShift, typeCode, verdict, writePicture } from './staff'
import { expect, test } from './test'
import { forged, sampleTickets } from './tickets'

type Picture = (page: Page, name: string) => Promise<void>

const dress = (page: Page, text: string, theme: string) => page.evaluate(([text, theme]) => {
  Object.assign(document.documentElement.dataset, { text, theme })
}, [text, theme])

/** What size and light can spoil; the rest of axe's rules see the same page in all of them. */
const bySize = ['color-contrast', 'scrollable-region-focusable']

/** Nothing for axe to find in any size or light, nothing wider than the screen at any width, and a picture of each for people. */
async function look(page: Page, picture: Picture, name: string): Promise<void> {
  // By its tag: an open sheet hides the page behind it from the roles.
  await expect(page.locator('h1').first()).toBeAttached()
  for (const [text, theme] of [['standard', 'paper'], ['large', 'paper'], ['huge', 'paper'], ['standard', 'sunlight'], ['standard', 'dark']] as const) {
    await dress(page, text, theme)
    const axe = new AxeBuilder({ page })
    if (text !== 'standard' || theme !== 'paper') axe.withRules(bySize)
    const { violations } = await axe.analyze()
    expect(violations.map(({ id, nodes }) => ({ id, at: nodes.map(({ target }) => target.join(' ')) })), `${name} ${text} ${theme}`).toEqual([])
    await picture(page, `${name}-${theme === 'paper' ? text : theme}`)
    if (theme !== 'paper') continue
    for (const width of [320, 768, 1280, 360]) {
      await page.setViewportSize({ width, height: 740 })
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
      expect(wider, `${name} ${text} at ${String(width)} px`).toBe(0)
      if (width === 1280 && text === 'standard') await picture(page, `${name}-wide`)
    }
  }
  await dress(page, 'standard', 'paper')
}

test.describe.configure({ timeout: 120_000 })

test('joining', async ({ server, phone, picture }) => {
  const { page } = await phone()
  await page.goto('/join')
  await look(page, picture, 'look-join-code')
  await page.goto(await server.invite('volunteer', 'v-main'))
  await page.getByRole('button', { name: '加入', exact: true }).click()
  await look(page, picture, 'look-join-name')
  await page.getByRole('button', { name: '入口一号手机' }).click()
  await page.getByRole('button', { name: '加入', exact: true }).click()
  await expect(page.getByText('没有网络也能打开')).toBeVisible()
  await look(page, picture, 'look-join-test')
  await page.goto('/join')
  await expect(page.getByText('这台手机已经加入')).toBeVisible()
  await look(page, picture, 'look-join-already')
})

test('scanning', async ({ server, phone, picture }, testInfo) => {
  const [one, two, three] = await sampleTickets(server)
  if (!one || !two || !three) throw new Error('no tickets')
  const film = testInfo.outputPath('film.y4m')
  writeY4m(film, [{ show: null, seconds: 60 }], { width: 320, height: 240, framesPerSecond: 5 })
  const { page } = await phone(film)
  // Verdicts stand still to be looked at.
  await page.addInitScript(() => {
    const real = window.setTimeout.bind(window)
    window.setTimeout = ((run: () => void, wait?: number) => (wait === 1200 ? 0 : real(run, wait))) as typeof window.setTimeout
  })
  await startShift(page, await server.invite('volunteer', 'v-main'), '入口一号手机')
  await look(page, picture, 'look-scan-post')
  await choosePost(page, '便民理发')
  await typeCode(page, one.code)
  await expect(verdict(page, '签到成功')).toBeVisible()
  await look(page, picture, 'look-verdict-admitted')
  await page.keyboard.press('Escape')
  await typeCode(page, one.code)
  await expect(verdict(page, '已签到')).toBeVisible()
  await look(page, picture, 'look-verdict-repeat')
  await page.keyboard.press('Escape')
  await typeCode(page, 'ZZZZ-ZZZZ')
  await expect(verdict(page, '待核实')).toBeVisible()
  await look(page, picture, 'look-verdict-unverified')
  await page.keyboard.press('Escape')
  await writePicture(page, forged(three), testInfo.outputPath('forged.png'))
  await page.getByLabel('相册').setInputFiles(testInfo.outputPath('forged.png'))
  await expect(verdict(page, '不能签到')).toBeVisible()
  await look(page, picture, 'look-verdict-refused')
  await page.getByRole('button', { name: '放行并说明' }).click()
  await look(page, picture, 'look-scan-admit')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await look(page, picture, 'look-scan')
  await page.getByRole('button', { name: '手输' }).click()
  await look(page, picture, 'look-scan-typed')
  await page.keyboard.press('Escape')
  await page.evaluate(() => {
    IDBObjectStore.prototype.add = () => { throw new DOMException('full', 'QuotaExceededError') }
  })
  await typeCode(page, two.code)
  await expect(verdict(page, '没有存上')).toBeVisible()
  await look(page, picture, 'look-not-saved')
})

test('the booth, sync and the console', async ({ server, phone, picture }) => {
  const [one] = await sampleTickets(server)
  const { page } = await phone()
  await startShift(page, server.organiser, '总台电脑')
  await expect(page.getByText(/截至/)).toBeVisible()
  await page.goto('/booth')
  await look(page, picture, 'look-booth-choose')
  await page.getByLabel('找摊位').fill('家电维修')
  await page.locator('.post-choice', { has: page.getByText('家电维修', { exact: true }) }).click()
  await page.getByRole('button', { name: '加一' }).first().click()
  await expect(page.locator('.undo-strip')).toBeVisible()
  await look(page, picture, 'look-booth')
  await page.goto('/scan')
  await choosePost(page, '便民理发')
  await typeCode(page, one?.code ?? '')
  await page.getByRole('link', { name: '同步' }).click()
  await expect(page.getByText('全部已传到服务器')).toBeVisible()
  await look(page, picture, 'look-sync')
  await page.getByRole('link', { name: '总台' }).click()
  await page.getByRole('spinbutton').or(page.getByLabel('可以加入几台手机')).fill('3')
  await page.getByRole('button', { name: '生成邀请' }).click()
  await expect(page.getByText(/邀请码 \w{4}-/)).toBeVisible()
  await look(page, picture, 'look-console')
  await page.getByRole('link', { name: '看和打印签到码' }).click()
  await expect(page.getByText('120 张')).toBeVisible()
  await look(page, picture, 'look-tickets')
  const pdf = await page.pdf({ format: 'A4', preferCSSPageSize: true })
  // A page for every ten of the 120.
  expect(pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g)).toHaveLength(12)
})

test('handing over and receiving', async ({ server, phone, picture }) => {
  const { page, context } = await phone()
  await startShift(page, await server.invite('host', 'v-main'), '家电维修手机')
  await page.getByRole('link', { name: '同步' }).click()
  await page.getByRole('link', { name: '显示二维码' }).click()
  await expect(page.getByText('没有要交出去的')).toBeVisible()
  await page.getByRole('button', { name: '完成' }).click()
  await context.setOffline(true)
  await page.getByRole('link', { name: '摊位' }).click()
  await page.getByLabel('找摊位').fill('家电维修')
  await page.locator('.post-choice').first().click()
  await page.getByRole('button', { name: /加一/ }).first().click()
  await page.getByRole('link', { name: '同步' }).click()
  await page.getByRole('link', { name: '显示二维码' }).click()
  await expect(page.getByText('共 1 条')).toBeVisible()
  await look(page, picture, 'look-give')
  await page.getByRole('button', { name: '完成' }).click()
  await page.getByRole('link', { name: '用摄像头接收' }).click()
  await expect(page.locator('.receive-words')).toHaveText('对准对方手机上的二维码')
  await look(page, picture, 'look-receive')
})
