import type { Page } from '@playwright/test'
import type { Phone } from './phone'
import type { Server } from './server'
import { choosePost, startShift, summary, syncLine, typeCode, verdict } from './staff'
import { expect, test } from './test'
import { sampleTickets } from './tickets'

/** What a browser does that makes room, or a person who clears a site's data. localStorage is left by the former. */
async function clearDatabases({ context }: Phone, page: Page, { origin }: Server): Promise<void> {
  const tools = await context.newCDPSession(page)
  await tools.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' })
}

async function startOffline(phone: Phone, server: Server): Promise<void> {
  const { page, context } = phone
  const [ticket] = await sampleTickets(server)
  await startShift(page, await server.invite('volunteer', 'v-main'), '入口一号手机')
  await choosePost(page, '便民理发')
  await expect(syncLine(page)).toContainText('全部已传')
  await context.setOffline(true)
  await typeCode(page, ticket?.code ?? '')
  await expect(syncLine(page)).toContainText('待传 1')
}

test('records cleared while the page lives are put back, the shift stops with a sentence, and a new invite delivers them', async ({ server, phone, picture }) => {
  const volunteer = await phone()
  const { page, context } = volunteer
  await startOffline(volunteer, server)
  await clearDatabases(volunteer, page, server)
  await expect(page.getByRole('heading', { name: '浏览器清掉了这台手机的记录' })).toBeVisible()
  await expect(page.getByText('其中 1 条还没传到服务器,会接着传')).toBeVisible()
  await picture(page, 'cleared-live')
  await page.reload()
  await expect(page.getByText('其中 1 条还没传到服务器,会接着传')).toBeVisible()
  await page.goto('/sync')
  await expect(syncLine(page)).toContainText('待传 1')
  await picture(page, 'cleared-live-sync')
  await context.setOffline(false)
  await page.getByRole('button', { name: '现在就传' }).click()
  await expect(syncLine(page)).toContainText('全部已传')
  expect((await summary(server, 'zone')).total).toMatchObject({ visits: 1 })

  await page.goto(await server.invite('volunteer', 'v-main'))
  await page.getByRole('button', { name: '用新的邀请重新加入' }).click()
  await page.getByLabel('手机名字').fill('入口一号手机')
  await page.getByRole('button', { name: '加入', exact: true }).click()
  await expect(page.getByText('还可用')).toBeVisible()
  await picture(page, 'self-test-room')
  await page.getByRole('button', { name: '开始' }).click()
  await expect(page.getByText('对准签到码')).toBeVisible()
})

test('records cleared while nobody looked: every screen says so, and what was lost', async ({ server, phone, picture }) => {
  const volunteer = await phone()
  const { page } = volunteer
  await startOffline(volunteer, server)
  await page.goto('about:blank')
  await clearDatabases(volunteer, page, server)
  await page.goto('/')
  await page.getByRole('link', { name: '浏览器清掉了这台手机的工作记录' }).click()
  await expect(page.getByText('最多有 1 条没来得及传出,已经找不回来')).toBeVisible()
  await expect(page.getByText('全部已传')).toBeHidden()
  await picture(page, 'forgotten-sync')
  await page.goto('/scan')
  await expect(page.getByText('最多有 1 条没来得及传出,已经找不回来')).toBeVisible()
  await picture(page, 'forgotten-scan')
  await page.goto('/join')
  await expect(page.getByText('最多有 1 条没来得及传出,已经找不回来')).toBeVisible()
  await page.getByRole('button', { name: '知道了' }).click()
  await expect(page.getByText('浏览器清掉了')).toBeHidden()
})

test('a newer version in another tab: the old one goes on scanning and sends, and asks to be reloaded', async ({ server, phone, picture }) => {
  const [one] = await sampleTickets(server)
  const { page, context } = await phone()
  await startShift(page, await server.invite('volunteer', 'v-main'), '入口一号手机')
  await choosePost(page, '便民理发')
  const newer = await context.newPage()
  await newer.goto('/more')
  await newer.evaluate(() => new Promise((resolve, reject) => {
    const request = indexedDB.open('linli-replica', 1_000)
    request.onupgradeneeded = () => request.result.deleteObjectStore('pages')
    request.onsuccess = resolve
    request.onerror = reject
  }))
  await newer.close()
  await expect(syncLine(page)).toContainText('别的页面开了新版,请刷新这个页面')
  await typeCode(page, one?.code ?? '')
  await expect(verdict(page, '签到成功')).toContainText(one?.alias ?? '')
  await expect(verdict(page, '签到成功')).toBeHidden()
  await expect(syncLine(page)).toContainText('全部已传')
  await picture(page, 'newer-scan')
  await page.reload()
  await expect(page.getByRole('button', { name: '刷新页面' })).toBeVisible()
  await picture(page, 'newer-gate')
})

test('a browser that never answers: the programme comes from the network, staff are told', async ({ server, phone, picture }) => {
  const { page } = await phone()
  await page.addInitScript(() => { IDBFactory.prototype.open = () => new EventTarget() as IDBOpenDBRequest })
  await page.goto('/')
  await expect(page.getByText('还没能存到本机')).toBeVisible({ timeout: 15_000 })
  await page.getByRole('link', { name: '我的' }).click()
  await expect(page.getByText('收藏读不出来')).toBeVisible({ timeout: 15_000 })
  await picture(page, 'mine-unreadable')
  await page.goto(await server.invite('volunteer', 'v-main'))
  await expect(page.getByRole('heading', { name: '这台手机的存储打不开' })).toBeVisible({ timeout: 15_000 })
  await expect(page.getByText('手机存储没有反应')).toBeVisible()
})
