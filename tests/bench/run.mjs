/**
 * `npm run bench`: builds every `NAME.bench.ts` beside this file together with the server, and runs them one after the other, each in a
 * process of its own, so that none inherits another's memory. A `NAME.mjs` beside them builds what it needs by itself.
 *
 *   npm run bench                                       all of them, at a length of minutes
 *   npm run bench -- --list                             what there is
 *   npm run bench -- reconnect --phones 20 --ops 500    one, with options of its own
 *   npm run bench -- --keep                             and the figures go into RESULTS.md
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const folder = fileURLToPath(new URL('.', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))
const suffix = '.bench.ts'

const files = readdirSync(folder)
const built = files.filter((file) => file.endsWith(suffix)).map((file) => file.slice(0, -suffix.length))
const plain = files.filter((file) => file.endsWith('.mjs') && file !== 'run.mjs').map((file) => file.slice(0, -'.mjs'.length))
const found = [...built, ...plain].sort()
const args = process.argv.slice(2)
const named = args.filter((arg) => found.includes(arg))
const options = args.filter((arg) => !named.includes(arg) && arg !== '--list' && arg !== '--keep')
const [first] = options

if (args.includes('--list')) {
  console.log(found.join('\n'))
} else if (named.length === 0 && first !== undefined) {
  console.error(`no benchmark ${first}; there are: ${found.join(' ')}`)
  process.exitCode = 2
} else {
  await runAll(named.length > 0 ? named : found)
}

/** @param {string[]} names */
async function runAll(names) {
  const outDir = await buildAll()
  const env = { ...process.env, LINLI_BENCH_KEEP: args.includes('--keep') ? `${folder}RESULTS.md` : '' }
  try {
    for (const name of names) {
      const file = plain.includes(name) ? `${folder}${name}.mjs` : `${outDir}/${name}.js`
      const child = spawn(process.execPath, [file, ...options], { cwd: root, stdio: 'inherit', env })
      const [code] = await once(child, 'exit')
      if (code !== 0) process.exitCode = 1
    }
  } finally {
    rmSync(outDir, { recursive: true, force: true })
  }
}

/** Inside the project, where the libraries are found. @returns the folder */
async function buildAll() {
  const outDir = `${root}node_modules/.cache/bench-${process.pid}`
  /** @type {Record<string, string>} */
  const input = {
    'main.js': `${root}src/server/main.ts`,
    'phones.js': `${folder}linli/phones.ts`,
    'watchers.js': `${folder}linli/watchers.ts`,
    // PostgreSQL's, which is looked for beside whoever starts it.
    'keeper.mjs': `${root}tests/server/postgres/keeper.mjs`,
  }
  for (const name of built) input[`${name}.js`] = `${folder}${name}${suffix}`
  await build({
    root,
    configFile: false,
    publicDir: false,
    logLevel: 'error',
    build: {
      ssr: true, outDir, target: 'node20',
      rolldownOptions: { input, output: { entryFileNames: '[name]', chunkFileNames: '[name].js' } },
    },
  })
  return outDir
}
