/**
 * `node next-build.mjs FOLDER`: the app as its next build would be. It is made of the same sources but for its name, and not
 * one file of its code is found where it was. A process of its own, because Vite takes NODE_ENV for the mode of what it builds.
 */
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const renamed = {
  name: 'renamed',
  enforce: /** @type {const} */ ('pre'),
  /**
   * @param {string} code
   * @param {string} id
   */
  transform(code, id) {
    if (!id.endsWith('/messages/zh-CN/shell.ts')) return undefined
    const changed = code.replace('name: \'邻里\'', 'name: \'邻里 2\'')
    if (changed === code) throw new Error('The name that the next build changes is no longer there')
    return changed
  },
}

await build({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  logLevel: 'warn',
  plugins: [renamed],
  build: { outDir: process.argv[2], assetsDir: 'assets/2' },
})
