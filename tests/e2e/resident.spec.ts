import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test } from './test'

/** The sample's first day, between two activities that began and those of the afternoon. */
const morning = new Date('2023-05-20T10:32:00+08:00')
const screens = { now: '/', schedule: '/schedule', activity: '/activity/a-council', mine: '/mine' }

/** Waits until the programme is on this phone and the service worker answers for the server. */
async function visit(page: Page, at: Date = morning): Promise<void> {
  await page.clock.setFixedTime(at)
  await page.goto('/')
  // It is said when the app itself is there too, which is fetched behind the programme.
  await expect(page.getByText('已存到本机')).toBeVisible({ timeout: 20_000 })
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated')
}

const card = (page: Page, title: string) => page.getByRole('article').filter({ has: page.getByRole('heading', { name: title, exact: true }) })
const star = (page: Page, title: string) => page.getByRole('button', { name: `收藏:${title}`, exact: true })

async function keep(page: Page, ...titles: string[]): Promise<void> {
  for (const title of titles) {
    await star(page, title).click()
    await expect(star(page, title)).toHaveAttribute('aria-pressed', 'true')
  }
}

test('one visit, and the festival is on this phone: all of it opens the next day with the server gone', async ({ server, phone }) => {
  const resident = await phone()
  await visit(resident.page)
  await keep(resident.page, '“拉家常”议事会:社区治理难点答疑')

  await server.kill()
  await resident.close()
  await resident.open()
  await resident.context.clock.setFixedTime(morning)
  const tab = await resident.context.newPage()
  await tab.goto('/')
  await expect(tab.getByRole('heading', { level: 1 })).toContainText('康庄公园')
  await expect(tab.getByText('已存到本机 10:32 · 没有网络也能看')).toBeVisible()
  await expect(card(tab, '“拉家常”议事会:社区治理难点答疑')).toContainText('10:30 – 11:30还有 58 分钟')
  await tab.goto('/schedule')
  await expect(card(tab, '消防安全大课堂(第2场)')).toContainText('14:00 – 14:30')
  await tab.goto('/activity/a-open')
  await expect(tab.getByRole('heading', { level: 1 })).toHaveText('启动仪式')
  await expect(tab).toHaveTitle('启动仪式 · 邻里')
  for (const fact of ['5月20日 周六', '09:00 – 10:00', '蓝区 · 社区大舞台', '凭邀请参加', '最多 300 人']) await expect(tab.getByText(fact).first()).toBeVisible()
  await tab.goto('/mine')
  await expect(card(tab, '“拉家常”议事会:社区治理难点答疑')).toBeVisible()
})

test('it promises to work without a network only once the app is on the phone too', async ({ page, context }) => {
  const promise = page.getByText('没有网络也能看')
  await page.addInitScript(() => {
    const container = ServiceWorkerContainer.prototype
    const { register } = container
    const leave = new Promise<void>((resolve) => { Object.assign(window, { letIt: resolve }) })
    container.register = async function (...how) { await leave; return register.apply(this, how) }
  })
  await page.goto('/')
  await expect(page.getByText('正在存到本机')).toBeVisible()
  await expect(page.getByText('已存到本机')).toBeHidden()
  await page.evaluate(() => (window as unknown as { letIt(): void }).letIt())
  await expect(promise).toContainText('已存到本机')
  await context.setOffline(true)
  const tab = await context.newPage()
  await tab.goto('/')
  await expect(tab.getByText('没有网络也能看')).toBeVisible()
})

test('where the browser keeps no app it does not promise it', async ({ page }) => {
  await page.addInitScript(() => { ServiceWorkerContainer.prototype.register = () => Promise.reject(new Error('private')) })
  await page.goto('/')
  await expect(page.getByText('这个浏览器要有网络才能打开')).toBeVisible()
  await expect(page.getByText('没有网络也能看')).toBeHidden()
})

test('now and next at a venue; another venue is remembered', async ({ page }) => {
  await visit(page)
  const now = page.getByRole('region', { name: '现在' })
  await expect(now.getByRole('article')).toHaveCount(4)
  await expect(now).toContainText('10:32')
  await expect(page.getByRole('region', { name: '接下来' })).toContainText('14:00 – 14:30')
  await expect(card(page, '物业超市:家电维修')).toBeHidden()
  await page.getByText('随到随办', { exact: true }).click()
  await expect(card(page, '物业超市:家电维修')).toBeVisible()

  await page.getByRole('button', { name: '换场地' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '东城区分会场' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText('东城区分会场')
  await expect(page.getByText('下一场 14:00 开始,还有 3 小时 28 分钟')).toBeVisible()
  await expect(page.getByRole('list', { name: '分区' })).toBeHidden()
  await page.reload()
  await expect(page.getByRole('heading', { level: 1 })).toContainText('东城区分会场')
})

test('when today is over, it is said when it goes on; when all is over, where to look', async ({ page }) => {
  await visit(page, new Date('2023-05-20T19:00:00+08:00'))
  await expect(page.getByText('今天没有活动了,明天 10:00 再开始')).toBeVisible()
  await page.clock.setFixedTime(new Date('2023-05-28T22:00:00+08:00'))
  await page.reload()
  await expect(page.getByText('这个场地的活动都结束了')).toBeVisible()
  await page.getByRole('link', { name: '看所有场地的日程' }).click()
  await expect(page.getByRole('heading', { name: '日程' })).toBeVisible()
})

test('a sample says that it is one, on every screen, on any date', async ({ page }) => {
  await page.goto('/')
  await expect(page.getByText('2023 年的活动节,按5月20日显示')).toBeVisible()
  await expect(page.getByText('5月20日 周六 · 大兴区')).toBeVisible()
  await page.getByText('样例', { exact: true }).click()
  await expect(page.getByText('不是实际发生的记录')).toBeVisible()
  await page.goto('/schedule')
  await expect(page.getByText('样例', { exact: true })).toBeVisible()
  await page.goto('/activity/a-open')
  await page.getByText('样例', { exact: true }).click()
  await expect(page.getByText('其中取自新闻报道的:活动种类、场地、日期、大约人数。')).toBeVisible()
})

test('search and filters; the address brings somebody else to the same list', async ({ page, context }) => {
  await visit(page)
  await page.getByRole('searchbox').fill('风筝')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('status').filter({ hasText: '1 场活动' })).toBeVisible()
  await expect(card(page, '非遗体验:曹氏风筝')).toBeVisible()

  await page.getByRole('searchbox').fill('ｄａｘｉｎｇ 没有的')
  await expect(page.getByText('没有找到')).toBeVisible()
  await page.getByRole('button', { name: '清除筛选' }).click()
  await expect(page.getByRole('status').filter({ hasText: '34 场活动' })).toBeVisible()

  await page.getByRole('button', { name: '课堂', exact: true }).click()
  await expect(page.getByRole('status').filter({ hasText: '6 场活动' })).toBeVisible()
  await expect(card(page, '跳蚤市场')).toBeHidden()
  await expect(page).toHaveURL(/venue=v-main&day=2023-05-20&zone=z-orange/)

  const other = await context.newPage()
  await other.clock.setFixedTime(new Date('2023-05-22T08:00:00+08:00'))
  await other.goto(page.url())
  await expect(other.getByRole('button', { name: '课堂', exact: true })).toHaveAttribute('aria-pressed', 'true')
  await expect(other.getByRole('radio', { name: '5月20日' })).toBeChecked()
  await expect(other.getByRole('status').filter({ hasText: '6 场活动' })).toBeVisible()

  await page.getByRole('button', { name: '课堂', exact: true }).click()
  await page.getByRole('radio', { name: '5月21日' }).check()
  await expect(card(page, '社区歌舞联欢')).toBeVisible()
  await page.getByRole('button', { name: '回到现在' }).click()
  await expect(page.getByRole('radio', { name: '5月20日' })).toBeChecked()
  await page.getByRole('button', { name: '类别', exact: true }).click()
  await page.getByRole('button', { name: '邻里文化' }).click()
  await expect(page).toHaveURL(/category=p-culture/)
})

test('what is over is folded, and what can be come to at any time stands apart', async ({ page }) => {
  await visit(page)
  await page.goto('/schedule')
  await expect(card(page, '启动仪式')).toBeHidden()
  await page.getByText('已结束 5 场').click()
  await expect(card(page, '启动仪式')).toContainText('已结束')
  await expect(page.getByRole('heading', { level: 2 })).toHaveText(['已结束 5 场', '10:00', '14:00', /^随到随办/])
})

test('☆ is kept for good: a way through the day with gaps and clashes, and an undo', async ({ page, picture }) => {
  await visit(page)
  await page.goto('/mine')
  await expect(page.getByText('还没有收藏')).toBeVisible()
  await page.getByRole('link', { name: '去看日程' }).click()
  await keep(page, '预防诈骗大课堂(第1场)', '“拉家常”议事会:社区治理难点答疑', '消防安全大课堂(第2场)', '非遗体验:曹氏风筝')
  await page.getByRole('link', { name: '我的' }).click()
  await page.reload()
  await expect(page.getByRole('article')).toHaveCount(4)
  await expect(page.getByText('和「“拉家常”议事会:社区治理难点答疑」撞了 10:30 – 10:45')).toBeVisible()
  await expect(page.getByText('空 2 小时 30 分钟')).toBeVisible()
  await expect(page.getByText('只存在这台手机上')).toHaveCount(1)

  await star(page, '预防诈骗大课堂(第1场)').click()
  await expect(page.getByText('已移除:预防诈骗大课堂(第1场)')).toBeVisible()
  await expect(page.getByText('撞了')).toHaveCount(0)
  await picture(page, 'mine-undo')
  await page.getByRole('button', { name: '撤销' }).click()
  await expect(page.getByRole('article')).toHaveCount(4)
})

test('an activity that is not there, and one that is cancelled', async ({ page, picture }) => {
  await page.route('**/api/programme', async (route) => {
    const answer = await route.fetch()
    const programme = await answer.json() as { activities: { id: string; status: string }[] }
    for (const activity of programme.activities) if (activity.id === 'a-council') activity.status = 'cancelled'
    await route.fulfill({ json: programme })
  })
  await page.clock.setFixedTime(morning)
  await page.goto('/activity/a-council')
  await expect(page.getByText('这个活动不办了')).toBeVisible()
  await picture(page, 'activity-cancelled')
  await page.goto('/activity/nowhere')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('没有找到这个活动')
  await page.getByRole('link', { name: '看日程' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('日程')
})

test('a first visit without a network is told so, and opens by itself', async ({ page, picture }) => {
  await page.route('**/api/programme', (route) => route.abort())
  await page.goto('/schedule')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('活动安排还没存到本机')
  await picture(page, 'nothing-yet')
  await page.unroute('**/api/programme')
  await page.evaluate(() => dispatchEvent(new Event('online')))
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('日程')
})

test('a server that answers nonsense takes nothing away', async ({ page }) => {
  await visit(page)
  await page.route('**/api/programme', (route) => route.fulfill({ contentType: 'text/html', body: '<html>wifi login</html>' }))
  await page.reload()
  await expect(card(page, '“拉家常”议事会:社区治理难点答疑')).toBeVisible()
  await expect(page.getByText('已存到本机 10:32')).toBeVisible()
})

test('2,000 activities: the list is made as it is read, so that it opens and is searched at once', async ({ page }) => {
  await page.route('**/api/programme', async (route) => {
    const answer = await route.fetch()
    const programme = await answer.json() as { activities: { id: string; name: { zh: string } }[] }
    const council = programme.activities.find(({ id }) => id === 'a-council')
    for (let n = 0; n < 2_000; n++) programme.activities.push({ ...council, id: `many-${String(n)}`, name: { zh: `邻里活动 ${String(n)}` } })
    await route.fulfill({ json: programme })
  })
  await visit(page)
  const found = (count: number) => page.getByRole('status').filter({ hasText: `${String(count)} 场活动` })
  await page.getByRole('link', { name: '日程', exact: true }).click()
  await expect(found(2_034)).toBeVisible()
  // Cards are what costs: on a phone four times slower than this machine 2,000 of them take two seconds, these 0.4.
  expect(await page.getByRole('article').count()).toBeLessThanOrEqual(100)
  await page.getByRole('searchbox').fill('活动1999')
  await expect(found(1)).toBeVisible()
  await page.getByRole('searchbox').fill('')
  await expect(found(2_034)).toBeVisible()

  for (const made of [40, 100]) {
    await page.getByRole('article').nth(made - 1).scrollIntoViewIfNeeded()
    await expect.poll(() => page.getByRole('article').count()).toBeGreaterThan(made)
  }
  const place = await page.evaluate(() => scrollY)
  const link = page.getByRole('article').nth(99).getByRole('link')
  const opened = await link.textContent()
  await link.click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(String(opened))
  await page.getByRole('button', { name: '返回' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('日程')
  await expect.poll(() => page.evaluate((before) => Math.abs(scrollY - before), place)).toBeLessThan(100)
})

const looks = {
  standard: { display: {}, size: { width: 360, height: 740 } },
  large: { display: { text: 'large' }, size: { width: 360, height: 740 } },
  huge: { display: { text: 'huge' }, size: { width: 360, height: 740 } },
  sunlight: { display: { light: 'sunlight' }, size: { width: 360, height: 740 } },
  dark: { display: { light: 'dark' }, size: { width: 360, height: 740 } },
  laptop: { display: {}, size: { width: 1280, height: 800 } },
}

for (const [look, { display, size }] of Object.entries(looks)) {
  test(`every screen, ${look}: nothing axe objects to, nothing that scrolls sideways`, async ({ page, picture }) => {
    await page.addInitScript((kept) => { localStorage.setItem('linli-display', JSON.stringify(kept)) }, display)
    await page.setViewportSize(size)
    await visit(page)
    await keep(page, '预防诈骗大课堂(第1场)', '“拉家常”议事会:社区治理难点答疑')
    for (const [name, path] of Object.entries(screens)) {
      await page.goto(path)
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
      await picture(page, `${name}-${look}`)
      const { violations } = await new AxeBuilder({ page }).analyze()
      expect(violations.map(({ id, nodes }) => [name, id, nodes.map(({ html }) => html)])).toEqual([])
      for (const width of [320, 360, 768, 1280]) {
        await page.setViewportSize({ ...size, width })
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), `${name} at ${String(width)}`).toBeLessThanOrEqual(0)
      }
      await page.setViewportSize(size)
    }
  })
}

test('English is complete on the way through', async ({ page, picture }) => {
  await page.clock.setFixedTime(morning)
  await page.addInitScript(() => { localStorage.setItem('linli-display', JSON.stringify({ language: 'en' })) })
  for (const [name, path] of Object.entries(screens)) {
    await page.goto(path)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await expect(page.getByText(/\w+\.\w+\.\w+/)).toHaveCount(0)
    await picture(page, `${name}-english`)
  }
})
