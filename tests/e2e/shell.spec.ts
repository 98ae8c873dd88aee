import { expect, test } from './test'

test('the app opens, and opens again with the server gone', async ({ server, phone, picture }) => {
  const visitor = await phone()
  await visitor.page.goto('/')
  await expect(visitor.page).toHaveTitle(/邻里/)
  await visitor.page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated')

  await server.kill()
  await visitor.close()
  await visitor.open()
  await visitor.page.goto('/schedule')
  await expect(visitor.page).toHaveTitle(/邻里/)
  await picture(visitor.page, 'schedule-server-gone')
})
