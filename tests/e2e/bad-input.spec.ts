import { createServer } from 'node:http'
import { once } from 'node:events'
import { writeY4m } from './camera/y4m'
import { askAsOrganiser, choosePost, startShift, summary, syncLine, typeCode, verdict, writePicture } from './staff'
import { expect, test } from './test'
import { sampleTickets } from './tickets'

test('a browser that refuses storage can\'t join, is told why, and the invite is still good', async ({ server, phone, picture }) => {
  const link = await server.invite('volunteer', 'v-main')
  const shut = await phone()
  await shut.page.addInitScript(() => {
    IDBFactory.prototype.open = () => { throw new DOMException('private', 'SecurityError') }
  })
  await shut.page.goto(link)
  await expect(shut.page.getByRole('heading', { name: '这台手机的存储打不开' })).toBeVisible()
  await expect(shut.page.getByText('浏览器不让存')).toBeVisible()
  await picture(shut.page, 'join-storage-refused')
  await shut.page.goto('/scan')
  await expect(shut.page.getByRole('heading', { name: '这台手机的存储打不开' })).toBeVisible()

  const { page } = await phone()
  await startShift(page, link, '入口一号手机')
  await expect(page.getByRole('heading', { name: '选择签到点' })).toBeVisible()
})

test('a full phone: nothing green, the screen says so, and the same scan again when there is room', async ({ server, phone, picture }) => {
  const [ticket] = await sampleTickets(server)
  const { page } = await phone()
  await startShift(page, await server.invite('volunteer', 'v-main'), '入口一号手机')
  await choosePost(page, '便民理发')
  await expect(syncLine(page)).toContainText('全部已传')
  // What Chromium answers when the disk is full. (A quota set by its own tools is not looked at before some megabytes.)
  await page.evaluate(() => {
    const { add, put } = IDBObjectStore.prototype
    const full = () => { throw new DOMException('full', 'QuotaExceededError') }
    Object.assign(IDBObjectStore.prototype, { add: full, put: full })
    Object.assign(window, { makeRoom: () => Object.assign(IDBObjectStore.prototype, { add, put }) })
  })
  await typeCode(page, ticket?.code ?? '')
  await expect(verdict(page, '没有存上')).toContainText('手机存储满了')
  await expect(page.getByText('今日 0', { exact: true })).toBeVisible()
  await picture(page, 'not-saved')
  await page.evaluate('makeRoom()')
  await verdict(page, '没有存上').getByRole('button', { name: '再试一次' }).click()
  await expect(verdict(page, '签到成功')).toContainText(ticket?.alias ?? '')
  await expect(syncLine(page)).toContainText('全部已传')
  expect((await summary(server, 'zone')).total).toMatchObject({ visits: 1 })
})

for (const [error, sentence] of [
  ['NotAllowedError', '没有相机权限'], ['NotFoundError', '没有可用的相机'], ['NotReadableError', '被别的应用占着'],
] as const) {
  test(`a camera that answers ${error}: the sentence, and codes are typed or come from the album`, async ({ server, phone, picture }, testInfo) => {
    const [one, two] = await sampleTickets(server)
    const { page } = await phone()
    await page.addInitScript((name) => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', name))
    }, error)
    await startShift(page, await server.invite('volunteer', 'v-main'), '入口一号手机')
    await page.getByLabel('找活动或摊位').fill('便民理发')
    await page.locator('.post-choice').first().click()
    await expect(page.locator('.camera')).toContainText(sentence)
    await picture(page, `camera-${error}`)
    await typeCode(page, one?.code ?? '')
    await expect(verdict(page, '签到成功')).toContainText(one?.alias ?? '')
    await expect(verdict(page, '签到成功')).toBeHidden()
    await writePicture(page, two?.qr ?? '', testInfo.outputPath('ticket.png'))
    await page.getByLabel('相册').setInputFiles(testInfo.outputPath('ticket.png'))
    await expect(verdict(page, '签到成功')).toContainText(two?.alias ?? '')
  })
}

test('a clock a day wrong is corrected: said at the self-test, right in the record', async ({ server, phone }) => {
  const [ticket] = await sampleTickets(server)
  const { page } = await phone()
  await page.addInitScript(() => {
    const now = Date.now.bind(Date)
    Date.now = () => now() + 24 * 3_600_000 + 90_000
  })
  await page.goto(await server.invite('volunteer', 'v-main'))
  await page.getByLabel('手机名字').fill('入口一号手机')
  await page.getByRole('button', { name: '加入', exact: true }).click()
  await expect(page.getByText('这台手机快了 1 天,已自动校正')).toBeVisible()
  await page.getByRole('button', { name: '开始' }).click()
  await choosePost(page, '便民理发')
  await typeCode(page, ticket?.code ?? '')
  await expect(verdict(page, '签到成功')).toBeVisible()
  await expect(syncLine(page)).toContainText('全部已传')
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format()
  expect((await summary(server, 'day')).rows.filter(({ visits }) => visits > 0).map(({ key }) => key)).toEqual([today])
})

test('what answers is not our server: the line stays true, and what waits goes when ours is back', async ({ server, phone, picture }) => {
  const [ticket] = await sampleTickets(server)
  const { page } = await phone()
  await startShift(page, await server.invite('volunteer', 'v-main'), '入口一号手机')
  await choosePost(page, '便民理发')
  await server.kill()
  const portal = createServer((_request, response) => response.end('<h1>Wi-Fi</h1>')).listen(server.port)
  await once(portal, 'listening')
  await typeCode(page, ticket?.code ?? '')
  await expect(verdict(page, '签到成功')).toBeVisible()
  await expect(verdict(page, '签到成功')).toBeHidden()
  await expect(syncLine(page)).toContainText('待传 1')
  await page.getByRole('link', { name: '同步' }).click()
  await page.getByRole('button', { name: '现在就传' }).click()
  await expect(page.getByText('不是邻里服务器')).toBeVisible()
  await expect(page.getByText('还有 1 条没传到服务器')).toBeVisible()
  await picture(page, 'sync-nonsense')
  portal.closeAllConnections()
  portal.close()
  await once(portal, 'close')
  await server.start()
  await page.getByRole('button', { name: '现在就传' }).click()
  await expect(page.getByText('全部已传到服务器')).toBeVisible({ timeout: 30_000 })
  expect((await summary(server, 'zone')).total).toMatchObject({ visits: 1 })
})

test('a cold start with the server gone: it scans and counts, and delivers when the server is back', async ({ server, phone, picture }, testInfo) => {
  const [one, two, three] = await sampleTickets(server)
  const film = testInfo.outputPath('film.y4m')
  writeY4m(film, [{ show: null, seconds: 4 }, { show: two?.qr ?? null, seconds: 1 }, { show: null, seconds: 90 }], { width: 320, height: 240, framesPerSecond: 5 })
  const volunteer = await phone(film)
  await startShift(volunteer.page, await server.invite('volunteer', 'v-main'), '入口一号手机')
  await choosePost(volunteer.page, '便民理发')
  await typeCode(volunteer.page, one?.code ?? '')
  await expect(volunteer.page.getByText('今日 2', { exact: true })).toBeVisible()
  await expect(syncLine(volunteer.page)).toContainText('全部已传')

  await server.kill()
  await volunteer.close()
  await volunteer.open()
  const { page } = volunteer
  await page.goto('/scan')
  await expect(page.getByText('今日 2', { exact: true })).toBeVisible()
  await expect(verdict(page, '已签到')).toContainText(two?.alias ?? '', { timeout: 15_000 })
  await typeCode(page, three?.code ?? '')
  await expect(page.getByText('今日 3', { exact: true })).toBeVisible()
  await expect(syncLine(page)).toContainText('待传 1')
  await picture(page, 'scan-server-gone')
  await server.start()
  await expect(syncLine(page)).toContainText('全部已传', { timeout: 40_000 })
  expect((await summary(server, 'zone')).total).toMatchObject({ visits: 3, people: 3 })
})

test('two tabs of one phone: both count, each record once', async ({ server, phone }) => {
  const [one, two, three] = await sampleTickets(server)
  const { page, context } = await phone()
  await startShift(page, await server.invite('volunteer', 'v-main'), '入口一号手机')
  await choosePost(page, '便民理发')
  const second = await context.newPage()
  await second.goto('/scan')
  await expect(second.getByText('今日 0', { exact: true })).toBeVisible()
  await context.setOffline(true)
  await typeCode(page, one?.code ?? '')
  await typeCode(second, two?.code ?? '')
  await typeCode(page, three?.code ?? '')
  await typeCode(second, one?.code ?? '')
  await expect(verdict(second, '已签到')).toBeVisible()
  for (const tab of [page, second]) {
    await expect(tab.getByText('今日 3', { exact: true })).toBeVisible()
    await expect(syncLine(tab)).toContainText('待传 3')
  }
  await context.setOffline(false)
  for (const tab of [page, second]) await expect(syncLine(tab)).toContainText('全部已传', { timeout: 30_000 })
  expect((await summary(server, 'zone')).total).toMatchObject({ visits: 3, people: 3 })
})

test('a phone that was taken out says so and records nothing more; with a new invite it works again', async ({ server, phone, picture }) => {
  const [one] = await sampleTickets(server)
  const { page } = await phone()
  await startShift(page, await server.invite('volunteer', 'v-main'), '丢失的手机')
  await choosePost(page, '便民理发')
  await typeCode(page, one?.code ?? '')
  await expect(syncLine(page)).toContainText('全部已传')
  const { devices } = await askAsOrganiser(server, '/api/devices') as { devices: { device: string; name: string }[] }
  const lost = devices.find(({ name }) => name === '丢失的手机')
  await askAsOrganiser(server, `/api/devices/${lost?.device ?? ''}/revoke`, {})

  await expect(page.getByRole('heading', { name: '这台手机已被停用' })).toBeVisible({ timeout: 40_000 })
  await picture(page, 'revoked')
  await page.goto('/sync')
  await expect(page.getByText('已被停用', { exact: true })).toBeVisible()
  await page.goto(await server.invite('volunteer', 'v-main'))
  await page.getByRole('button', { name: '用新的邀请重新加入' }).click()
  await page.getByLabel('手机名字').fill('找回的手机')
  await page.getByRole('button', { name: '加入', exact: true }).click()
  await page.getByRole('button', { name: '开始' }).click()
  await expect(page.getByText('对准签到码')).toBeVisible()
  await typeCode(page, one?.code ?? '')
  await expect(verdict(page, '已签到')).toBeVisible()
})
