import { writeY4m } from './camera/y4m'
import { choosePost, startShift, summary, syncLine, typeCode, verdict, writePicture } from './staff'
import { expect, test } from './test'
import { forged, fromElsewhere, sampleTickets } from './tickets'

/** Enough for a ticket alone, and a tenth of the size. */
const small = { width: 320, height: 240, framesPerSecond: 5 }

test('the camera reads tickets, a forged one and one of another festival, each with its verdict', async ({ server, phone, picture }, testInfo) => {
  const [first, second] = await sampleTickets(server)
  if (!first || !second) throw new Error('no tickets')
  const film = testInfo.outputPath('film.y4m')
  const codes = [first.qr, forged(second), await fromElsewhere(), 'https://example.org/menu', first.qr, second.qr]
  writeY4m(film, [{ show: null, seconds: 4 }, ...codes.flatMap((show) => [{ show, seconds: 1.6 }, { show: null, seconds: 1 }]), { show: null, seconds: 60 }], small)
  const { page } = await phone(film)
  await startShift(page, await server.invite('volunteer', 'v-main'), '入口一号手机')
  await choosePost(page, '便民理发')

  // Each goes by itself, on a busy machine between two looks of ours: the page notes them down.
  const seen = await page.evaluateHandle(() => {
    const texts: string[] = []
    new MutationObserver(() => {
      const text = document.querySelector('.verdict-screen .filled-middle')?.textContent
      if (text && text !== texts.at(-1)) texts.push(text)
    }).observe(document.body, { childList: true, subtree: true, characterData: true })
    return texts
  })
  await expect(page.getByText('今日 2', { exact: true })).toBeVisible({ timeout: 40_000 })
  expect(await seen.jsonValue()).toEqual([
    expect.stringMatching(`签到成功.*${first.alias}.*绿区 · 便民理发.*今日第 1 位`),
    expect.stringMatching(`不能签到.*被改动过.*${second.code}`),
    expect.stringMatching('不能签到.*另一场活动'),
    expect.stringMatching('不能签到.*不是邻里签到码'),
    expect.stringMatching(`已签到.*${first.alias}.*在 便民理发.*由这台手机签到`),
    expect.stringMatching(`签到成功.*${second.alias}.*今日第 2 位`),
  ])
  await expect(verdict(page, '签到成功')).toBeHidden()
  await expect(page.locator('.record-row')).toHaveCount(5)
  await picture(page, 'scan-after')
})

test('50 scans without a network, then all of them are at the server', async ({ server, phone, picture }, testInfo) => {
  test.setTimeout(120_000)
  const tickets = (await sampleTickets(server)).slice(0, 50)
  const film = testInfo.outputPath('film.y4m')
  writeY4m(film, [
    { show: null, seconds: 6 }, ...tickets.map(({ qr }) => ({ show: qr, seconds: 0.6 })), { show: null, seconds: 60 },
  ], small)
  const { page, context } = await phone(film)
  await startShift(page, await server.invite('volunteer', 'v-main'), '入口一号手机')
  await expect(page.getByRole('heading', { name: '选择签到点' })).toBeVisible()
  await context.setOffline(true)
  await choosePost(page, '便民理发')
  await expect(page.getByText('今日 50', { exact: true })).toBeVisible({ timeout: 60_000 })
  await expect(syncLine(page)).toContainText('待传 50')
  await picture(page, 'scan-offline')

  await context.setOffline(false)
  await expect(syncLine(page)).toContainText('全部已传', { timeout: 30_000 })
  const { total, rows } = await summary(server, 'booth')
  expect(total).toMatchObject({ visits: 50, people: 50, headcount: 0 })
  expect(rows.filter(({ visits }) => visits > 0)).toMatchObject([{ visits: 50, people: 50 }])
})

test('typed, from the album, counted without a code, undone, let in with a reason', async ({ server, phone, picture }, testInfo) => {
  const [one, two, three] = await sampleTickets(server)
  if (!one || !two || !three) throw new Error('no tickets')
  const film = testInfo.outputPath('film.y4m')
  writeY4m(film, [{ show: null, seconds: 60 }], small)
  const { page } = await phone(film)
  await startShift(page, await server.invite('volunteer', 'v-main'), '入口一号手机')
  await choosePost(page, '便民理发')

  await page.getByRole('button', { name: '手输' }).click()
  const field = page.getByLabel('签到码编号')
  await field.fill(one.code.slice(0, 6))
  await expect(page.getByText('还差 3 位')).toBeVisible()
  await picture(page, 'scan-typed')
  await field.fill(one.code.toLowerCase().replace('-', ' '))
  await page.getByRole('button', { name: '签到', exact: true }).click()
  await expect(verdict(page, '签到成功')).toContainText(one.alias)
  await verdict(page, '签到成功').getByRole('button', { name: '撤销' }).click()
  await expect(page.getByText('今日 0', { exact: true })).toBeVisible()
  await expect(page.locator('.record-row').first()).toContainText('已撤销')

  await typeCode(page, 'ZZZZ-ZZZZ')
  await expect(verdict(page, '待核实')).toContainText('ZZZZ-ZZZZ')
  await expect(verdict(page, '待核实')).toContainText(/不在本机 \d\d:\d\d 的名单上/)
  await picture(page, 'verdict-unverified')
  await expect(verdict(page, '待核实')).toBeHidden()

  const file = testInfo.outputPath('ticket.png')
  await writePicture(page, two.qr, file)
  await page.getByLabel('相册').setInputFiles(file)
  await expect(verdict(page, '签到成功')).toContainText(two.alias)
  await expect(verdict(page, '签到成功')).toBeHidden()

  await page.getByRole('button', { name: '无码 +1' }).click()
  await page.getByRole('button', { name: '无码 +1' }).click()
  await expect(page.getByText('无码计数 +1,今日 2')).toBeVisible()
  await picture(page, 'scan-headcount')
  await page.locator('.undo-strip').getByRole('button').click()

  const forgery = testInfo.outputPath('forged.png')
  await writePicture(page, forged(three), forgery)
  await page.getByLabel('相册').setInputFiles(forgery)
  await verdict(page, '不能签到').getByRole('button', { name: '放行并说明' }).click()
  await page.getByRole('button', { name: '放行', exact: true }).click()
  await expect(page.getByText('请选一个原因')).toBeVisible()
  await page.getByRole('radio', { name: '场地负责人同意' }).check()
  await picture(page, 'scan-admit')
  await page.getByRole('button', { name: '放行', exact: true }).click()
  await expect(verdict(page, '签到成功')).toContainText(three.alias)
  await expect(page.locator('.record-row').first()).toContainText('放行')

  await expect(syncLine(page)).toContainText('全部已传')
  expect((await summary(server, 'zone')).total).toMatchObject({ visits: 3, people: 3, headcount: 1 })
})

test('the camera rests after half a minute without a code, and wakes at a tap; what is not a picture of a ticket says so', async ({ server, phone, picture }, testInfo) => {
  const film = testInfo.outputPath('film.y4m')
  writeY4m(film, [{ show: null, seconds: 60 }], small)
  const { page } = await phone(film)
  await startShift(page, await server.invite('volunteer', 'v-main'), '入口一号手机')
  await choosePost(page, '便民理发')
  await page.getByLabel('相册').setInputFiles({ name: 'note.png', mimeType: 'image/png', buffer: Buffer.from('no picture') })
  await expect(page.getByText('这张图片打不开')).toBeVisible()
  await page.evaluate(() => {
    const now = performance.now.bind(performance)
    performance.now = () => now() + 30_000
  })
  await expect(page.getByText('相机休息了')).toBeVisible()
  await picture(page, 'scan-resting')
  await page.getByText('相机休息了').click()
  await expect(page.getByText('对准签到码')).toBeVisible()
})
