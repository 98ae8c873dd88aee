import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engines } from './engines'
import type { TestServer } from './testServer'
import { startTestServer } from './testServer'

const [engine] = engines
const files = {
  'index.html': '<!doctype html><title>邻里</title>',
  'sw.js': 'self',
  'manifest.webmanifest': '{}',
  'icons/icon.svg': '<svg/>',
  'assets/main-abc123.js': `export default '${'x'.repeat(2_000)}'`,
  'assets/zxing-abc123.wasm': '\0asm',
  'assets/main-abc123.css': 'a{}',
}

describe('the built app', () => {
  let server: TestServer
  let folder: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'linli-app-'))
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(join(folder, name, '..'), { recursive: true })
      writeFileSync(join(folder, name), content)
    }
    writeFileSync(join(folder, '..', 'linli-secret.txt'), 'secret')
    if (engine) server = await startTestServer(engine, { app: folder })
  })
  afterAll(async () => {
    await server.stop()
    rmSync(folder, { recursive: true })
    rmSync(join(folder, '..', 'linli-secret.txt'))
  })

  test.each([
    ['/', 'text/html; charset=utf-8', 'no-cache'],
    ['/scan', 'text/html; charset=utf-8', 'no-cache'],
    ['/activity/a-open', 'text/html; charset=utf-8', 'no-cache'],
    ['/join', 'text/html; charset=utf-8', 'no-cache'],
    ['/sw.js', 'text/javascript; charset=utf-8', 'no-cache'],
    ['/manifest.webmanifest', 'application/manifest+json', 'no-cache'],
    ['/icons/icon.svg', 'image/svg+xml; charset=utf-8', 'no-cache'],
    ['/assets/main-abc123.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['/assets/zxing-abc123.wasm', 'application/wasm', 'public, max-age=31536000, immutable'],
    ['/assets/main-abc123.css', 'text/css; charset=utf-8', 'public, max-age=31536000, immutable'],
  ])('%s is %s, kept: %s', async (path, type, caching) => {
    for (const method of ['GET', 'HEAD']) {
      const response = await fetch(`${server.origin}${path}`, { method })
      expect([response.status, response.headers.get('Content-Type'), response.headers.get('Cache-Control')]).toEqual([200, type, caching])
      expect(response.headers.get('Content-Security-Policy')).toContain(`default-src 'self'`)
      expect((await response.text()).length > 0).toBe(method === 'GET')
    }
  })

  test('an old tab that asks for a script of yesterday is not given the page', async () => {
    for (const path of ['/assets/main-old.js', '/old.js', '/assets/none']) {
      const response = await fetch(`${server.origin}${path}`)
      expect([path, response.status, response.headers.get('Cache-Control')]).toEqual([path, 404, 'no-cache'])
    }
  })

  test('nothing outside of its folder is served', async () => {
    for (const path of ['/..%2flinli-secret.txt', '/%2e%2e/linli-secret.txt', '/assets/..%2f..%2flinli-secret.txt', '/....//linli-secret.txt']) {
      expect(await (await fetch(`${server.origin}${path}`)).text()).not.toContain('secret"')
      expect(await (await fetch(`${server.origin}${path}`)).text()).not.toBe('secret')
    }
  })

  test.each(['/sw.js', '/scan', '/assets/main-abc123.js'])('%s is sent again only when it is another', async (path) => {
    const first = await fetch(`${server.origin}${path}`)
    const again = (tag: string) => fetch(`${server.origin}${path}`, { headers: { 'If-None-Match': tag } })
    const same = await again(first.headers.get('ETag') ?? '')
    expect([same.status, await same.text()]).toEqual([304, ''])
    expect(same.headers.get('Cache-Control')).toBe(first.headers.get('Cache-Control'))
    expect((await again('"another"')).status).toBe(200)
  })

  test('scripts are packed on the way', async () => {
    const response = await fetch(`${server.origin}/assets/main-abc123.js`, { headers: { 'Accept-Encoding': 'gzip' } })
    expect(response.headers.get('Content-Encoding')).toBe('gzip')
    expect(await response.text()).toBe(files['assets/main-abc123.js'])
  })

  test('the API keeps its own addresses', async () => {
    expect((await fetch(`${server.origin}/api/nowhere`)).status).toBe(404)
    expect((await fetch(`${server.origin}/api/health`)).headers.get('Content-Type')).toBe('application/json')
  })
})
