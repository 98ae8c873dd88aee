import { expect, test } from '@playwright/test'
import { fileURLToPath } from 'node:url'
import { build, type Rolldown } from 'vite'

/** `tests/protocol/ticket-cases.ts` and all it needs as one script that leaves its front in `cases`. */
async function bundle(): Promise<string> {
  const result = await build({
    configFile: false, logLevel: 'warn',
    build: {
      write: false, minify: false, target: 'chrome97',
      lib: { entry: fileURLToPath(new URL('../protocol/ticket-cases.ts', import.meta.url)), formats: ['iife'], name: 'cases' },
    },
  }) as Rolldown.RolldownOutput[]
  return result[0]!.output[0].code
}

test('all ticket vectors are read by the browser\'s WebCrypto as they say', async ({ page }) => {
  // WebCrypto is there for secure pages alone, which localhost is; nobody need answer at it.
  await page.route('http://localhost/', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }))
  await page.goto('http://localhost/')
  await page.addScriptTag({ content: await bundle() })
  const cases = await page.evaluate('cases.readVectors()') as { name: string; expected: unknown; read: unknown }[]
  expect(cases).toHaveLength(24)
  for (const { name, expected, read } of cases) expect({ name, read }).toEqual({ name, read: expected })
})
