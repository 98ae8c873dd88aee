/**
 * `npm test`: everything that must hold, in one go. A stage that fails doesn't keep the later ones from running. The last
 * line is `N passed, M failed`: each test is one, and so is each check of the sources and the build.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

/** @typedef {{ name: string, passed: number, failed: number, seconds: number, note?: string }} Result */

/**
 * Starts one of package.json's scripts.
 * @param {string} script
 */
function start(script) {
  const cwd = fileURLToPath(new URL('..', import.meta.url))
  return spawn('npm', ['run', '--silent', script], { cwd, shell: process.platform === 'win32', stdio: ['ignore', 'pipe', 'pipe'] })
}

/**
 * A check passes or it doesn't. Several may run at once, so what one says is printed when it has ended, and only if it matters.
 * @param {string} script
 * @returns {Promise<Result>}
 */
async function check(script) {
  const started = performance.now()
  const child = start(script)
  const said = Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = await once(child, 'close')
  console.log(`── ${script}: ${code === 0 ? 'passed' : `FAILED\n${(await said).join('').trim()}\n`}`)
  return { name: script, passed: Number(code === 0), failed: Number(code !== 0), seconds: secondsSince(started) }
}

/**
 * A run of tests, shown as it goes, and counted from the report that the runner's configuration has it write.
 * @param {string} script
 * @param {(report: any) => { passed: number, failed: number, skipped: number, retried?: string[] }} count
 * @returns {Promise<Result>}
 */
async function tests(script, count) {
  console.log(`── ${script}`)
  const started = performance.now()
  const report = new URL(`../node_modules/.cache/tests/${script}.json`, import.meta.url)
  await rm(report, { force: true })
  const child = start(script)
  child.stdout.pipe(process.stdout, { end: false })
  child.stderr.pipe(process.stderr, { end: false })
  const [code] = await once(child, 'close')
  const json = await readFile(report, 'utf8').catch(() => undefined)
  const { passed, failed, skipped, retried = [] } = json ? count(JSON.parse(json)) : { passed: 0, failed: 0, skipped: 0 }
  const seconds = secondsSince(started)
  if (skipped) return { name: script, passed, failed: failed + skipped, seconds, note: `${skipped} skipped, which is no pass` }
  // A runner can fail beside its tests: an error that none of them caught, a file that it could not read.
  if (code !== 0 && failed === 0) return { name: script, passed, failed: 1, seconds, note: 'failed outside its tests' }
  const note = retried.length ? `passed at the second try only: ${retried.join('; ')}` : undefined
  return { name: script, passed, failed, seconds, note }
}

/**
 * The titles of Playwright's tests that failed first and passed then.
 * @param {{ suites?: any[], specs?: any[] }} suite
 * @returns {string[]}
 */
function flaky({ suites = [], specs = [] }) {
  const own = specs.filter(({ tests }) => tests.some((/** @type {any} */ { status }) => status === 'flaky'))
  return [...own.map(({ file, title }) => `${file}, ${title}`), ...suites.flatMap(flaky)]
}

/** @param {number} started */
function secondsSince(started) {
  return (performance.now() - started) / 1000
}

const results = await Promise.all(['types', 'lint', 'deps', 'unused'].map(check))
results.push(
  await tests('unit', (report) => ({
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
  })),
)
const built = await check('build')
results.push(
  built,
  built.failed
    ? { name: 'e2e', passed: 0, failed: 1, seconds: 0, note: 'could not run: there is no build' }
    : await tests('e2e', ({ stats, suites }) => ({
        passed: stats.expected + stats.flaky,
        failed: stats.unexpected,
        skipped: stats.skipped,
        retried: flaky({ suites }),
      })),
)

console.log('\nstage    passed  failed  seconds')
for (const { name, passed, failed, seconds, note } of results) {
  console.log(name.padEnd(7), String(passed).padStart(7), String(failed).padStart(7), seconds.toFixed(1).padStart(8), note ?? '')
}
const sum = (/** @type {'passed' | 'failed'} */ field) => results.reduce((total, result) => total + result[field], 0)
console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`)
process.exitCode = sum('failed') ? 1 : 0
