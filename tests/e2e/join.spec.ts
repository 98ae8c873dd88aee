import { joinWith, startShift, syncLine } from './staff'
import { expect, test } from './test'

test('a volunteer joins by a link, is tested and starts; the code stays nowhere', async ({ server, phone, picture }) => {
  const { page } = await phone()
  const link = await server.invite('volunteer', 'v-main')
  await page.goto(link)
  await expect(page).toHaveURL(/\/join$/)
  await expect(page.getByText('已收到邀请')).toBeVisible()
  await picture(page, 'join-name')
  await page.getByRole('button', { name: '加入', exact: true }).click()
  await expect(page.getByText('请先起个名字')).toBeVisible()
  await page.getByRole('button', { name: '理发二号手机' }).click()
  await page.getByRole('button', { name: '加入', exact: true }).click()

  await expect(page.getByRole('heading', { name: '自检' })).toBeVisible()
  await expect(page.getByRole('group', { name: '当前身份' })).toHaveCount(0)
  await expect(page.getByText(/写入并读回/)).toBeVisible()
  await expect(page.getByText('打开了')).toBeVisible()
  await page.getByRole('button', { name: '放一声' }).click()
  await page.getByRole('button', { name: '听到了', exact: true }).click()
  await expect(page.getByText('听得到')).toBeVisible()
  await picture(page, 'join-test')
  await page.getByRole('button', { name: '开始' }).click()
  await expect(page.getByRole('heading', { name: '选择签到点' })).toBeVisible()
  await expect(syncLine(page)).toContainText('全部已传')
  expect(await page.evaluate(() => JSON.stringify(history.state))).not.toContain(link.split('#')[1] ?? '')
})

test('each role begins at its own screen; an organiser belongs to no venue', async ({ server, phone }) => {
  for (const [link, first] of [
    [await server.invite('host', 'v-main'), '选择摊位'],
    [await server.invite('lead', 'v-main'), '总台'],
    [server.organiser, '总台'],
  ] as const) {
    const { page } = await phone()
    await startShift(page, link, '手机')
    await expect(page.getByRole('heading', { name: first })).toBeVisible()
  }
})

test('the download tells how much has come', async ({ server, phone }) => {
  const { page } = await phone()
  await page.goto(await server.invite('volunteer', 'v-main'))
  const progress: string[] = []
  await page.exposeFunction('tell', (text: string) => { progress.push(text) })
  await page.evaluate(() => {
    const seen = () => { for (const { textContent } of document.querySelectorAll('.join-progress p')) void (window as unknown as { tell(text: string): void }).tell(textContent) }
    new MutationObserver(seen).observe(document.body, { childList: true, subtree: true, characterData: true })
  })
  await page.getByLabel('手机名字').fill('入口一号手机')
  await page.getByRole('button', { name: '加入', exact: true }).click()
  await expect(page.getByRole('heading', { name: '自检' })).toBeVisible()
  expect(progress.join('\n')).toMatch(/已下载 [1-9]\d* \/ [1-9]\d* 条 · \d+ KB/)
})

test('typed kindly, a code joins; a wrong one is told while it is typed', async ({ server, phone }) => {
  const { page } = await phone()
  const code = (await server.invite('volunteer', 'v-main')).split('#')[1] ?? ''
  await page.goto('/join')
  const field = page.getByLabel('邀请码')
  await field.fill(code.slice(0, 12))
  await expect(page.getByText('还差 4 位')).toBeVisible()
  await field.fill(`${code}Z`)
  await expect(page.getByText('多了 1 位')).toBeVisible()
  await field.fill('UUUU')
  await expect(page.getByText('没有字母 U')).toBeVisible()
  await field.fill(code.toLowerCase().replace(/.{4}/g, '$& ').replaceAll('0', 'o').replaceAll('1', 'l'))
  await page.getByRole('button', { name: '下一步' }).click()
  await page.getByLabel('手机名字').fill('入口一号手机')
  await page.getByRole('button', { name: '加入', exact: true }).click()
  await expect(page.getByRole('heading', { name: '自检' })).toBeVisible()
})

test('a used, an unknown and an expired invite each have their sentence', async ({ server, phone }) => {
  const link = await server.invite('volunteer', 'v-main')
  const first = await phone()
  await joinWith(first.page, link, '入口一号手机')

  const { page } = await phone()
  const tryWith = async (code: string) => {
    await page.goto('/more')
    await page.goto(`/join#${code}`)
    await page.getByLabel('手机名字').fill('入口二号手机')
    await page.getByRole('button', { name: '加入', exact: true }).click()
  }
  await tryWith(link.split('#')[1] ?? '')
  await expect(page.getByText('这个邀请的次数用完了')).toBeVisible()
  await tryWith('AAAABBBBCCCCDDDD')
  await expect(page.getByText('没有这个邀请')).toBeVisible()
  await page.route('**/api/join', (route) => route.fulfill({
    status: 410, contentType: 'application/problem+json', body: JSON.stringify({ code: 'invite-expired', status: 410 }),
  }))
  await tryWith('AAAABBBBCCCCDDDD')
  await expect(page.getByText('这个邀请过期了')).toBeVisible()
})

test('offline and nonsense: the sentence, and the same code again', async ({ server, phone, picture }) => {
  const { page, context } = await phone()
  await page.goto(await server.invite('volunteer', 'v-main'))
  await page.getByLabel('手机名字').fill('入口一号手机')
  await context.setOffline(true)
  await page.getByRole('button', { name: '加入', exact: true }).click()
  await expect(page.getByText('连不上服务器')).toBeVisible()
  await picture(page, 'join-offline')
  await context.setOffline(false)
  await page.route('**/api/join', (route) => route.fulfill({ status: 200, contentType: 'text/html', body: '<h1>登录 Wi-Fi</h1>' }))
  await page.getByRole('button', { name: '再试一次' }).click()
  await expect(page.getByText('不是邻里服务器')).toBeVisible()
  await page.unroute('**/api/join')

  await page.route('**/api/sync', (route) => route.fulfill({ status: 200, contentType: 'application/json', body: '{"v":1,"epoch":' }))
  await page.getByRole('button', { name: '再试一次' }).click()
  await expect(page.getByRole('heading', { name: '已经加入,下载还没完成' })).toBeVisible()
  await page.unroute('**/api/sync')
  await page.getByRole('button', { name: '再试一次' }).click()
  await expect(page.getByRole('heading', { name: '自检' })).toBeVisible()
})

test('a phone that has joined says who it is, offline too, and joins again only when told to', async ({ server, phone, picture }) => {
  const { page, context } = await phone()
  await startShift(page, await server.invite('volunteer', 'v-main'), '理发二号手机')
  await page.goto('/join')
  await expect(page.getByRole('heading', { name: '这台手机已经加入' })).toBeVisible()
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated')
  await context.setOffline(true)
  await page.reload()
  await expect(page.getByText('理发二号手机')).toBeVisible()
  await expect(page.getByText('志愿者', { exact: true }).last()).toBeVisible()
  await picture(page, 'join-already')
  await context.setOffline(false)

  const tail = await page.locator('.who dd').last().textContent()
  await page.goto('/more')
  await page.goto(await server.invite('lead', 'v-main'))
  await expect(page.getByText('又收到一个邀请')).toBeVisible()
  await page.getByRole('button', { name: '用新的邀请重新加入' }).click()
  await page.getByLabel('手机名字').fill('场地手机')
  await page.getByRole('button', { name: '加入', exact: true }).click()
  await page.getByRole('button', { name: '开始' }).click()
  await expect(page.getByRole('heading', { name: '总台' })).toBeVisible()
  await page.goto('/sync')
  await expect(page.locator('.who dd').first()).toHaveText('场地手机')
  await expect(page.locator('.who dd').last()).not.toHaveText(tail ?? '')
})

test('without leave for the camera a shift starts all the same, and says what still works', async ({ server, phone }) => {
  const { page } = await phone()
  await page.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'))
  })
  await joinWith(page, await server.invite('volunteer', 'v-main'), '入口一号手机')
  await expect(page.getByText('没有相机权限')).toBeVisible()
  await expect(page.getByText('还可以手输编号')).toBeVisible()
  await expect(page.getByRole('button', { name: '开始' })).toBeEnabled()
})
