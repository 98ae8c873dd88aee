import { defineConfig } from '@playwright/test'
import { findChromium, quiet } from '../../scripts/chromium.mjs'

// Found once; the workers, which read this file again, inherit it.
const executablePath = (process.env.LINLI_CHROMIUM = await findChromium())

export default defineConfig({
  testDir: '.',
  outputDir: 'output/results',
  globalSetup: './prepare.ts',
  workers: 2,
  timeout: 60_000,
  globalTimeout: 25 * 60_000,
  forbidOnly: true,
  // Machines that run this are shared, and a browser that was starved for a second is no defect. What needed its second try is named at the end.
  retries: 1,
  // The second is counted by scripts/test.mjs.
  reporter: [['list'], ['json', { outputFile: '../../node_modules/.cache/tests/e2e.json' }]],
  use: {
    browserName: 'chromium',
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    viewport: { width: 360, height: 740 },
    permissions: ['camera'],
    screenshot: 'only-on-failure',
    trace: 'on-first-retry',
    launchOptions: {
      executablePath,
      args: [...quiet, '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
      // What a context is told about its time zone does not reach its service worker.
      env: { ...process.env, TZ: 'Asia/Shanghai' } as Record<string, string>,
    },
  },
})
