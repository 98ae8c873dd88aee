import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Phone } from './phone'
import { buildServer, freePort, run } from './process'
import type { Command } from './process'
import { Pusher, checkNothingLost, operationsAtOnce, readAll } from './pusher'

/** Deaths in one run; each comes so many milliseconds after the first phone of that life was answered. */
const deaths = Array.from({ length: 20 }, (_, index) => 30 + (index * 67) % 230)
const phoneCount = 5

let built: Awaited<ReturnType<typeof buildServer>>
let data: string
let port: number
let server: Command
beforeAll(async () => {
  built = await buildServer()
  data = mkdtempSync(join(tmpdir(), 'linli-kill-'))
  port = await freePort()
})
afterAll(async () => {
  server.process.kill('SIGKILL')
  await server.ended
  rmSync(data, { recursive: true })
  built.remove()
})

function launch(directory: string): Command {
  return run(join(built.folder, 'main.js'), ['--port', String(port), '--data', directory, '--host', '127.0.0.1'])
}

async function start(directory = data): Promise<string> {
  server = launch(directory)
  return (await server.printed(/\/join#([0-9A-Z]{16})/))[1] ?? ''
}

test('kill -9 in the middle of pushes, 20 times: nothing acknowledged is lost, nothing doubled, streams dense', { timeout: 60_000 }, async () => {
  const origin = `http://127.0.0.1:${port}`
  const code = await start()
  const pushers = await Promise.all(Array.from({ length: phoneCount }, async (_, index) => new Pusher(await Phone.join(origin, code, `phone ${index}`))))
  const reader = await Phone.join(origin, code, 'reader')
  let over = false
  const pushing = Promise.all(pushers.map((pusher) => pusher.push(() => over)))

  const answeredAtDeath: number[] = []
  for (const delay of deaths) {
    for (const pusher of pushers) pusher.answers = 0
    while (pushers.every(({ answers }) => answers === 0)) await Promise.race([pushing, new Promise((resolve) => setTimeout(resolve, 2))])
    await new Promise((resolve) => setTimeout(resolve, delay))
    server.process.kill('SIGKILL')
    expect((await server.ended).signal).toBe('SIGKILL')
    answeredAtDeath.push(pushers.reduce((sum, { answers }) => sum + answers, 0))
    await start()
  }
  over = true
  await pushing

  const head = await checkNothingLost(reader, pushers)
  expect(pushers.every(({ turnedAway }) => turnedAway === 0)).toBe(true)
  // The server died while phones were being answered, and not between.
  expect(answeredAtDeath.every((answers) => answers > 0)).toBe(true)
  expect(head).toBeGreaterThan(deaths.length * operationsAtOnce)
})

test('kill -9 while the sample is being set up: the next start has all of it, once', { timeout: 20_000 }, async () => {
  server.process.kill('SIGKILL')
  await server.ended
  const directory = join(data, 'young')
  for (const age of [60, 90, 120, 150, 180, 210]) {
    const young = launch(directory)
    await new Promise((resolve) => setTimeout(resolve, age))
    young.process.kill('SIGKILL')
    await young.ended
  }
  const reader = await Phone.join(`http://127.0.0.1:${port}`, await start(directory), 'reader')
  const heads = await Promise.all(['programme', 'roster:v-main'].map(async (stream) => (await readAll(reader, stream)).head))
  expect(heads).toEqual([919, 120])
})
