import { writeY4m } from './camera/y4m'
import type { Phone } from './phone'
import { choosePost, startShift, summary, syncLine, verdict } from './staff'
import { expect, test } from './test'
import { sampleTickets } from './tickets'
import type { SampleTicket } from './tickets'

const small = { width: 320, height: 240, framesPerSecond: 5 }

/** Each for 0.6 s, then nothing. */
function film(path: string, tickets: readonly SampleTicket[]): string {
  writeY4m(path, [{ show: null, seconds: 4 }, ...tickets.map(({ qr }) => ({ show: qr, seconds: 0.6 })), { show: null, seconds: 90 }], small)
  return path
}

async function scanAll({ page }: Phone, post: string, count: number): Promise<void> {
  await choosePost(page, post)
  await expect(page.getByText(`今日 ${count}`, { exact: true })).toBeVisible({ timeout: 45_000 })
}

test('two phones at one post, both offline, with tickets in common: afterwards all three say the same', async ({ server, phone, picture }, testInfo) => {
  test.setTimeout(120_000)
  const tickets = await sampleTickets(server)
  const one = await phone(film(testInfo.outputPath('one.y4m'), tickets.slice(0, 20)))
  const two = await phone(film(testInfo.outputPath('two.y4m'), tickets.slice(12, 32)))
  for (const [{ page, context }, name] of [[one, '理发一号手机'], [two, '理发二号手机']] as const) {
    await startShift(page, await server.invite('volunteer', 'v-main'), name)
    await expect(page.getByRole('heading', { name: '选择签到点' })).toBeVisible()
    await context.setOffline(true)
  }
  await scanAll(one, '便民理发', 20)
  await scanAll(two, '便民理发', 20)
  await expect(verdict(two.page, '签到成功')).toBeHidden()
  await one.context.setOffline(false)
  await two.context.setOffline(false)

  for (const { page } of [one, two]) await expect(page.getByText('今日 32', { exact: true })).toBeVisible({ timeout: 30_000 })
  for (const { page } of [one, two]) await expect(syncLine(page)).toContainText('全部已传')
  expect((await summary(server, 'booth')).total).toMatchObject({ visits: 32, people: 32 })
  // The first phone was earlier with all eight: the volunteer of the second is told.
  await expect(two.page.getByText('8 位在别的手机先签过了')).toBeVisible()
  await expect(one.page.getByText('在别的手机先签过了')).toBeHidden()
  await picture(two.page, 'scan-later-repeats')
  await two.page.getByRole('button', { name: '看看' }).click()
  await expect(two.page.getByRole('dialog')).toContainText(tickets[12]?.alias ?? '')
  await expect(two.page.getByRole('dialog')).toContainText(/由“手机 \w{4}”签到/)
  await picture(two.page, 'scan-who-was-first')
  await two.page.getByRole('button', { name: '知道了' }).click()
  await expect(two.page.getByText('在别的手机先签过了')).toBeHidden()
  await two.page.reload()
  await expect(two.page.getByText('今日 32', { exact: true })).toBeVisible()
  await expect(two.page.getByText('在别的手机先签过了')).toBeHidden()
})

test('at different posts the same tickets are visits at both, and people once', async ({ server, phone }, testInfo) => {
  test.setTimeout(120_000)
  const tickets = await sampleTickets(server)
  const one = await phone(film(testInfo.outputPath('one.y4m'), tickets.slice(40, 52)))
  const two = await phone(film(testInfo.outputPath('two.y4m'), tickets.slice(46, 58)))
  for (const { page, context } of [one, two]) {
    await startShift(page, await server.invite('volunteer', 'v-main'), '手机')
    await expect(page.getByRole('heading', { name: '选择签到点' })).toBeVisible()
    await context.setOffline(true)
  }
  await scanAll(one, '便民理发', 12)
  await scanAll(two, '家电维修', 12)
  await one.context.setOffline(false)
  await two.context.setOffline(false)
  for (const { page } of [one, two]) await expect(syncLine(page)).toContainText('全部已传', { timeout: 30_000 })
  const { total, rows } = await summary(server, 'booth')
  expect(total).toMatchObject({ visits: 24, people: 18 })
  expect(rows.filter(({ visits }) => visits > 0).map(({ visits }) => visits)).toEqual([12, 12])
  await expect(two.page.getByText('在别的手机先签过了')).toBeHidden()
})
