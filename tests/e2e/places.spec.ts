import type { Page } from '@playwright/test'
import { Phone as Organiser } from '../server/phone'
import { choosePost, startShift, syncLine, typeCode, verdict } from './staff'
import { expect, test } from './test'
import { sampleTickets } from './tickets'

const left = (page: Page, words: string) => page.locator('.places-chip', { hasText: words })

test('an activity with three places: two phones without a network give away their own and no more; afterwards the places go where they are needed', async ({ server, phone, picture }) => {
  test.setTimeout(120_000)
  const tickets = await sampleTickets(server)
  const code = (index: number) => tickets[index]?.code ?? ''
  const organiser = await Organiser.join(server.origin, (await server.invite('organiser')).split('#')[1] ?? '', 'organiser')
  organiser.write('programme', 'put', { type: 'activity', id: 'a-three', value: {
    name: { zh: '面塑小课' }, venue: 'v-main', start: '2023-05-20T08:00:00+08:00', end: '2023-05-28T20:00:00+08:00', dropIn: true, capacity: 3,
  } })
  await organiser.push()
  const one = await phone()
  const two = await phone()
  for (const [{ page, context }, name, words] of [[one, '一号手机', '本机还有 2 个名额'], [two, '二号手机', '本机还有 1 个名额']] as const) {
    await startShift(page, await server.invite('volunteer', 'v-main'), name)
    await choosePost(page, '面塑小课')
    await expect(left(page, words)).toBeVisible({ timeout: 15_000 })
    await picture(page, 'scan-places-left')
    await context.setOffline(true)
  }

  // One lets one in and keeps one; two lets one in and has none left.
  await typeCode(one.page, code(30))
  await expect(verdict(one.page, '签到成功')).toBeVisible()
  await expect(left(one.page, '本机还有 1 个名额')).toBeVisible()
  await typeCode(two.page, code(31))
  await expect(verdict(two.page, '签到成功')).toBeVisible()
  await expect(left(two.page, '本机没有名额了')).toBeVisible()
  await expect(verdict(two.page, '签到成功')).toBeHidden()
  await typeCode(two.page, code(32))
  const refused = verdict(two.page, '不能签到')
  await expect(refused).toContainText('本机没有名额了')
  await expect(refused).toContainText('共 3 个名额,已知签到 1 位')
  await expect(refused).toContainText('联网后会自动领取名额')
  await picture(two.page, 'scan-no-place')

  // A person may decide, with a reason; that takes no place.
  await refused.getByRole('button', { name: '放行并说明' }).click()
  await two.page.getByLabel('场地负责人同意').check()
  await two.page.getByRole('button', { name: '放行', exact: true }).click()
  await expect(verdict(two.page, '签到成功')).toBeVisible()

  // Somebody was turned away there: with a network the idle place comes over from the other phone.
  await one.context.setOffline(false)
  await two.context.setOffline(false)
  for (const { page } of [one, two]) await expect(syncLine(page)).toContainText('全部已传', { timeout: 30_000 })
  await expect(left(two.page, '本机还有 1 个名额')).toBeVisible({ timeout: 30_000 })
  await expect(left(one.page, '本机没有名额了')).toBeVisible()
  await typeCode(two.page, code(33))
  await expect(verdict(two.page, '签到成功')).toBeVisible()
  await expect(left(two.page, '本机没有名额了')).toBeVisible()
})
