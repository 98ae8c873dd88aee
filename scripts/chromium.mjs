/**
 * The browser that the tests run in. Most machines have one already; where none is, one that comes with npm, and last
 * Debian's. `node scripts/chromium.mjs` prints which it is.
 */
import { chromium } from '@playwright/test'
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Keep Chromium from calling home, which in a closed network only costs time, and let it run as root and without a GPU. */
export const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
]

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const folders = [...(process.env.PATH ?? '').split(delimiter), '/Applications/Google Chrome.app/Contents/MacOS']
const isDebianRoot = process.getuid?.() === 0 && existsSync('/etc/debian_version')

/** @type {Record<string, () => string | undefined | Promise<string | undefined>>} */
const places = {
  'Playwright\'s own': () => [chromium.executablePath()].find((path) => existsSync(path)),
  'the system\'s': onPath,
  '@sparticuz/chromium': fromNpm,
  'Debian\'s, installed now': fromDebian,
}

/**
 * The path of a Chromium that has been seen to start.
 * @throws one line that says what was tried
 */
export async function findChromium() {
  const named = process.env.LINLI_CHROMIUM
  const tried = []
  for (const [name, find] of Object.entries(named ? { LINLI_CHROMIUM: () => named } : places)) {
    const path = await find()
    if (!path) continue
    const problem = await whyItDoesNotStart(path)
    if (!problem) return path
    tried.push(`${name} (${path}) does not start: ${problem}`)
  }
  throw new Error(`No Chromium to test in. Install one, or name it in LINLI_CHROMIUM. ${tried.join('; ')}`)
}

/** @param {string} executablePath */
async function whyItDoesNotStart(executablePath) {
  try {
    const browser = await chromium.launch({ executablePath, args: quiet, timeout: 30_000 })
    await browser.close()
    return undefined
  } catch (error) {
    // Playwright's message is a page long; one of these lines says it.
    return String(error).match(/error while loading.*|doesn't exist at.*|.+/)?.[0]
  }
}

function onPath() {
  return folders.flatMap((folder) => [...names, 'Google Chrome'].map((name) => join(folder, name))).find((path) => existsSync(path))
}

async function fromNpm() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined
  const { default: packed } = await import('@sparticuz/chromium')
  return packed.executablePath()
}

function fromDebian() {
  if (!isDebianRoot) return undefined
  install('chromium')
  return onPath()
}

/** Without one, Chinese is drawn as boxes: only pictures suffer, so this never fails. */
export function ensureChineseFont() {
  if (spawnSync('fc-list', [':lang=zh'], { encoding: 'utf8' }).stdout) return
  if (isDebianRoot) install('fonts-noto-cjk')
  else console.error('No Chinese font found (Debian: fonts-noto-cjk): the pictures of the screens will show boxes.')
}

/** @param {string} name */
function install(name) {
  console.error(`Installing Debian's ${name} …`)
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore' })
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], { stdio: ['ignore', 'ignore', 2] })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await findChromium())
