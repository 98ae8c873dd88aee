/**
 * Builds app and server into dist/ when dist/ is not what the sources say. `npm run build`, and `await build()` for
 * whoever needs the result.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const self = fileURLToPath(import.meta.url)
const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')
const stamp = 'sources.sha256'

/** Everything that the result depends on. */
const folders = ['src', 'public']
const files = ['index.html', 'vite.config.ts', 'tsconfig.json', 'package.json', 'package-lock.json']

/**
 * Makes dist/ current. Says what it does on stderr, never on stdout.
 * The work is done by a process of its own, so that a server started next keeps nothing of the builder in its memory.
 */
export async function build() {
  const hash = await hashSources()
  if (await isBuilt(hash)) return
  console.error('Building Linli …')
  const started = performance.now()
  const child = spawn(process.execPath, [self, hash], { cwd: root, env: { ...process.env, NODE_ENV: 'production', NO_COLOR: '1' } })
  const said = Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`The build failed.\n${(await said).join('')}`)
  console.error(`Built in ${((performance.now() - started) / 1000).toFixed(1)} s`)
}

async function hashSources() {
  const found = await Promise.all(folders.map((folder) => readdir(join(root, folder), { recursive: true, withFileTypes: true })))
  const paths = found.flat().filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const hash = createHash('sha256')
  for (const path of [...files.map((file) => join(root, file)), ...paths.sort()]) {
    const content = await readFile(path)
    hash.update(`${path.slice(root.length)}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex')
}

/** @param {string} hash */
async function isBuilt(hash) {
  return (await readFile(join(dist, stamp), 'utf8').catch(() => '')) === hash
}

/** @param {string} hash */
async function make(hash) {
  const vite = await import('vite')
  const next = join(root, `.build-${process.pid}`)
  try {
    await vite.build({ root, logLevel: 'warn', build: { outDir: join(next, 'app') } })
    await vite.build({ root, logLevel: 'warn', mode: 'server', build: { outDir: join(next, 'server') } })
    await writeFile(join(next, stamp), hash)
    await putInPlace(next, hash)
  } finally {
    await rm(next, { recursive: true, force: true })
  }
}

/**
 * Two renames, so that a running server never finds dist/ half empty. Where two builds end at once, one finds the
 * other's dist/ in its way: if it is of the same sources that is as good, else it tries again.
 * @param {string} next
 * @param {string} hash
 */
async function putInPlace(next, hash) {
  const old = `${next}-old`
  while (!(await isBuilt(hash))) {
    await rename(dist, old).catch(unless('ENOENT'))
    await rename(next, dist).catch(unless('ENOTEMPTY', 'EEXIST', 'EPERM'))
    await rm(old, { recursive: true, force: true })
  }
}

/** @param {string[]} codes */
function unless(...codes) {
  return (/** @type {NodeJS.ErrnoException} */ error) => {
    if (!codes.includes(error.code ?? '')) throw error
  }
}

if (process.argv[1] === self) {
  if (process.argv[2]) await make(process.argv[2])
  else await build()
}
