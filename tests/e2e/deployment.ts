import { execFile } from 'node:child_process'
import { cp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Server } from './server'
import { test as base } from './test'

const run = promisify(execFile)
const dist = fileURLToPath(new URL('../../dist', import.meta.url))
const builder = fileURLToPath(new URL('next-build.mjs', import.meta.url))

/** The end of every title, by which a test sees which build a tab runs. */
export const oldName = /· 邻里$/
export const newName = /· 邻里 2$/

interface Builds {
  /** The folder of the next build, made once. */
  next: string
}
interface Deployment {
  /** A copy of dist/ for this test alone, inside the project: there the server finds its libraries. */
  installed: string
  /** Puts the next build in the place of the one that is served, as scripts/build.mjs does: the server keeps running. */
  deploy: () => Promise<void>
}

/** The server serves a build that `deploy` exchanges for the next. */
export const test = base.extend<Deployment, Builds>({
  next: [async ({}, use, { project, workerIndex }) => {
    const folder = join(project.outputDir, `next-build-${String(workerIndex)}`)
    await run(process.execPath, [builder, folder], { env: { ...process.env, NODE_ENV: 'production' } })
    await use(folder)
    await rm(folder, { recursive: true })
  }, { scope: 'worker' }],
  installed: async ({}, use, testInfo) => {
    const folder = testInfo.outputPath('installed')
    await cp(dist, folder, { recursive: true })
    await use(folder)
    await rm(folder, { recursive: true })
  },
  server: async ({ installed }, use) => {
    const server = await Server.launch(join(installed, 'server'))
    await use(server)
    await server.remove()
  },
  deploy: async ({ installed, next }, use) => {
    await use(async () => {
      await cp(next, join(installed, 'next'), { recursive: true })
      await rename(join(installed, 'app'), join(installed, 'former'))
      await rename(join(installed, 'next'), join(installed, 'app'))
    })
  },
})
