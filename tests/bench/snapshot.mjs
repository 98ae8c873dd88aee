/**
 * `node tests/bench/snapshot.mjs [--runs 3] [--attendees 100000] [--million 1000000]`: joining a large venue by pages, beside the same
 * rows put into IndexedDB by Dexie, in one run, in a real Chromium; medians.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { chromium } from '@playwright/test'
import { build } from 'vite'
import { findChromium, quiet } from '../../scripts/chromium.mjs'

const { values } = parseArgs({ options: {
  runs: { type: 'string', default: '3' }, attendees: { type: 'string', default: '100000' }, million: { type: 'string', default: '1000000' },
} })
const runs = Number(values.runs)
const here = fileURLToPath(new URL('.', import.meta.url))
const root = join(here, '../..')
/** What is typed: a surname and the beginning of a name. */
const typed = 'wangx'

const folder = await mkdtemp(join(tmpdir(), 'linli-bench-'))
// Beside the libraries that it leaves out.
const built = await mkdtemp(join(root, 'node_modules/.cache-bench-'))
const common = { root, configFile: false, logLevel: 'warn', publicDir: false }
await build({ ...common, build: { ssr: true, outDir: join(built, 'server'), target: 'node20', rolldownOptions: { input: join(here, 'snapshot/server.ts') } } })
await build({ ...common, build: { outDir: join(built, 'app'), lib: { entry: join(here, 'snapshot/page.ts'), formats: ['es'], fileName: 'page' } } })
await writeFile(join(built, 'app/index.html'), '<!doctype html><meta charset="utf-8"><script type="module" src="/page.js"></script>')

const child = spawn(process.execPath, [join(built, 'server/server.js'), folder, join(built, 'app'), values.attendees, values.million], { stdio: ['ignore', 'pipe', 'inherit'] })
const [line] = await once(createInterface({ input: child.stdout }), 'line')
const { port, venues } = JSON.parse(line)
const origin = `http://127.0.0.1:${port}`
const executablePath = await findChromium()

/** @type {Map<string, Record<string, number[]>>} */
const figures = new Map()
const note = (/** @type {string} */ what, /** @type {string} */ who, /** @type {number} */ value) => {
  const row = figures.get(what) ?? {}
  figures.set(what, row)
  row[who] = [...row[who] ?? [], value]
  // It takes some minutes.
  console.error(`  ${what}: ${who} ${value.toFixed(1)}`)
}

/** A phone with nothing on it. @param {{ slow?: boolean }} [how] */
async function phone({ slow = false } = {}) {
  const profile = await mkdtemp(join(tmpdir(), 'linli-bench-phone-'))
  const context = await chromium.launchPersistentContext(profile, { executablePath, args: quiet })
  const open = async () => {
    const page = await context.newPage()
    const cdp = await context.newCDPSession(page)
    if (slow) {
      await cdp.send('Network.enable')
      await cdp.send('Network.emulateNetworkConditions', { offline: false, latency: 40, downloadThroughput: 10e6 / 8, uploadThroughput: 10e6 / 8 })
      await cdp.send('Emulation.setCPUThrottlingRate', { rate: 4 })
    }
    await page.goto(origin)
    await page.waitForFunction('globalThis.bench !== undefined')
    return {
      run: (/** @type {string} */ name, /** @type {unknown[]} */ ...given) => page.evaluate(`bench.${name}(...${JSON.stringify(given)})`),
      async heap() {
        await cdp.send('HeapProfiler.collectGarbage')
        return (await cdp.send('Runtime.getHeapUsage')).usedSize / 2 ** 20
      },
      close: () => page.close(),
    }
  }
  return {
    open,
    async remove() {
      await context.close()
      await rm(profile, { recursive: true, force: true })
    },
  }
}

/** In a page of its own. @param {Awaited<ReturnType<typeof phone>>} on */
async function inPage(on, /** @type {string} */ name, /** @type {unknown[]} */ ...given) {
  const page = await on.open()
  const result = await page.run(name, ...given)
  const heap = await page.heap()
  await page.close()
  return { ...result, heap }
}

/** A ticket on the roster, as the generator gave it first. */
async function firstTicket(/** @type {typeof venues[0]} */ { attendees }) {
  const { person, seeded } = await import('vite').then(({ runnerImport }) => runnerImport(join(here, 'snapshot/people.ts'))).then(({ module }) => module)
  return person(seeded(attendees)).ticket
}

const [usual, million] = venues
const ticket = await firstTicket(usual)
for (let run = 0; run < runs; run++) {
  for (const slow of [false, true]) {
    const suffix = slow ? ', 4x slower, 10 Mbit/s' : ''
    const ours = await phone({ slow })
    const got = await inPage(ours, 'download', usual.code, usual.venue, ticket, typed)
    note(`download to first look-up, s${suffix}`, 'pages', got.first / 1000)
    note(`download to look-up and search, s${suffix}`, 'pages', got.searched / 1000)
    note(`another search, ms${suffix}`, 'pages', got.next)
    note(`heap after it, MB${suffix}`, 'pages', got.heap)
    note('downloaded, MB', 'pages', got.bytes / 2 ** 20)
    const cold = await inPage(ours, 'coldOpen', usual.venue, ticket, '')
    note(`cold open to first look-up, ms${suffix}`, 'pages', cold.first)
    if (slow) {
      await ours.remove()
      continue
    }
    note('heap of an open phone after a search, MB', 'pages', (await inPage(ours, 'coldOpen', usual.venue, ticket, typed)).heap)
    await ours.remove()
    const theirs = await phone()
    note('download to first look-up, s', 'Dexie', (await inPage(theirs, 'byDexie', usual.code, usual.venue, ticket, false)).first / 1000)
    note('cold open to first look-up, ms', 'IndexedDB', (await inPage(theirs, 'rawOpen', ticket)).first)
    note('download to look-up and search, s', 'Dexie', (await inPage(theirs, 'byDexie', usual.code, usual.venue, ticket, true)).searched / 1000)
    await theirs.remove()
  }
}
if (million.attendees > 0) {
  const large = await phone()
  const someone = await firstTicket(million)
  const got = await inPage(large, 'download', million.code, million.venue, someone, typed)
  note(`download to first look-up of ${million.attendees}, s`, 'pages', got.first / 1000)
  for (let run = 0; run < runs; run++) note(`cold open to first look-up of ${million.attendees}, ms`, 'pages', (await inPage(large, 'coldOpen', million.venue, someone, '')).first)
  await large.remove()
}

const median = (/** @type {number[] | undefined} */ list) => list && [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]
console.log(`\n${usual.attendees} attendees and 50000 operations on the floor, medians of ${runs}`)
for (const [what, row] of figures) {
  const [pages, others] = [median(row.pages), median(row.Dexie ?? row.IndexedDB)]
  const beside = others === undefined ? '' : `${row.Dexie ? 'Dexie' : 'IndexedDB'} ${others.toFixed(1)}   ${(others / pages).toFixed(1)} times`
  console.log(`${what.padEnd(58)} ${pages.toFixed(1).padStart(8)}   ${beside}`)
}

child.kill()
await rm(folder, { recursive: true, force: true })
await rm(built, { recursive: true, force: true })
