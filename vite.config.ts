import vue from '@vitejs/plugin-vue'
import { defineConfig, type UserConfig } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'

/**
 * The oldest browsers that are served: those that phones sold in 2020 had been given by the end of 2022, and the first
 * iOS with Web Locks. eslint.config.js keeps later additions to the language's library out of the phone's code.
 */
const browsers = ['chrome97', 'safari15.4', 'firefox115']

/** What the libraries leave out when they are told that nobody uses it. Tests are built with the same. */
export const flags = {
  __VUE_OPTIONS_API__: 'false',
  __VUE_PROD_DEVTOOLS__: 'false',
}

const app: UserConfig = {
  define: flags,
  plugins: [
    vue(),
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'src',
      filename: 'sw.ts',
      registerType: 'prompt',
      injectRegister: false,
      injectManifest: {
        // Everything, the scanner's wasm too: a phone that has been opened once works without a network.
        globPatterns: ['**/*.{html,js,css,wasm,svg,png,woff2}'],
        maximumFileSizeToCacheInBytes: 4 * 1024 * 1024,
        // A classic script: browsers that know modules, but not in service workers, still work offline.
        rollupFormat: 'iife',
      },
      includeManifestIcons: false,
      manifest: {
        id: '/',
        name: '邻里 Linli',
        short_name: '邻里',
        description: '社区邻里节的活动安排、签到与服务记录,没有网络也能用。',
        lang: 'zh-CN',
        start_url: '/',
        scope: '/',
        display: 'standalone',
        theme_color: '#FFFDF8',
        background_color: '#FFFDF8',
        icons: [
          { src: '/icons/icon.svg', sizes: 'any', type: 'image/svg+xml' },
          { src: '/icons/icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: '/icons/icon-512.png', sizes: '512x512', type: 'image/png' },
          { src: '/icons/maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
        ],
      },
    }),
  ],
  worker: { format: 'es' },
  build: { outDir: 'dist/app', emptyOutDir: true, target: browsers },
  server: { proxy: { '/api': 'http://localhost:8787' } },
}

/** One process serves app and API; its libraries stay in node_modules, where their native parts are. */
const server: UserConfig = {
  publicDir: false,
  build: {
    ssr: true,
    outDir: 'dist/server',
    emptyOutDir: true,
    target: 'node20',
    rolldownOptions: {
      input: ['src/server/main.ts', 'src/server/invite.ts'],
      output: { entryFileNames: '[name].js' },
    },
  },
}

/** `vite build` makes the app, `vite build --mode server` the server. */
export default defineConfig(({ mode }) => (mode === 'server' ? server : app))
