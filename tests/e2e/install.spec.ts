import type { Page } from '@playwright/test'
import { expect, test } from './test'

interface Manifest {
  start_url: string
  icons: { src: string; sizes: string; type: string; purpose?: string }[]
}

/** What a browser makes of a picture: its size, and how much of the drawing a round mask would cut off. */
const look = (page: Page, src: string) => page.evaluate(async (src) => {
  const answer = await fetch(src)
  const picture = await createImageBitmap(await answer.blob())
  const { width, height } = picture
  const context = new OffscreenCanvas(width, height).getContext('2d')!
  context.drawImage(picture, 0, 0)
  const pixels = new Uint32Array(context.getImageData(0, 0, width, height).data.buffer)
  // A mask may leave no more than a circle of 40 % of the width: https://w3c.github.io/manifest/#icon-masks
  const outside = pixels.filter((_, i) => Math.hypot(i % width + 0.5 - width / 2, Math.floor(i / width) + 0.5 - height / 2) > width * 0.4)
  return { type: answer.headers.get('content-type'), size: `${width}x${height}`, opaque: pixels.every((pixel) => pixel >>> 24 === 255), coloursOutside: new Set(outside).size }
}, src)

test('the app can be installed: nothing that the browser asks for is missing, and each icon is what the manifest says', async ({ phone }) => {
  const { page, context } = await phone()
  await page.goto('/')
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated')
  const tools = await context.newCDPSession(page)
  expect((await tools.send('Page.getInstallabilityErrors')).installabilityErrors).toEqual([])
  const { errors, data = '{}' } = await tools.send('Page.getAppManifest')
  expect(errors).toEqual([])
  const manifest = JSON.parse(data) as Manifest
  expect(manifest).toMatchObject({
    id: '/', start_url: '/', scope: '/', display: 'standalone', lang: 'zh-CN', name: '邻里 Linli', short_name: '邻里',
    theme_color: '#FFFDF8', background_color: '#FFFDF8',
  })

  const drawn = manifest.icons.filter(({ type }) => type === 'image/png')
  expect(drawn.map(({ sizes, purpose }) => [sizes, purpose])).toEqual([['192x192', undefined], ['512x512', undefined], ['512x512', 'maskable']])
  for (const { src, sizes, type } of drawn) expect(await look(page, src)).toMatchObject({ size: sizes, type })
  expect(await look(page, '/icons/maskable-512.png')).toMatchObject({ opaque: true, coloursOutside: 1 })
  // iOS reads no icons in a manifest, and paints what is transparent black.
  const apple = await page.getAttribute('link[rel="apple-touch-icon"]', 'href')
  expect(await look(page, apple ?? '')).toMatchObject({ size: '180x180', opaque: true })

  await context.setOffline(true)
  expect((await page.goto(manifest.start_url))?.fromServiceWorker()).toBe(true)
  await expect(page.getByRole('heading', { level: 1 })).toContainText('康庄公园')
})
