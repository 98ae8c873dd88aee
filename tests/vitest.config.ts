import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { flags } from '../vite.config.ts'

/**
 * Everything but the browser's own tests. Node is the environment; a test of a component asks for jsdom in its first
 * line: `// @vitest-environment jsdom`.
 */
export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  plugins: [vue()],
  define: flags,
  test: {
    include: ['tests/**/*.test.ts'],
    exclude: ['tests/e2e/**'],
    globalSetup: new URL('server/postgres/setup.ts', import.meta.url).pathname,
    // The second is counted by scripts/test.mjs.
    reporters: ['default', 'json'],
    outputFile: { json: 'node_modules/.cache/tests/unit.json' },
    // The first file that asks for PostgreSQL waits for its start.
    hookTimeout: 30_000,
    // Two cores are two: by itself the runner leaves one of them alone.
    maxWorkers: '100%',
    restoreMocks: true,
    unstubGlobals: true,
  },
})
