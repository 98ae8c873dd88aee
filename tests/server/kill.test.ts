import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { WireOperation } from '../../src/protocol/sync'
import { Phone } from './phone'
import { buildServer, freePort, run } from './process'
import type { Command } from './process'

/** Deaths in one run; each comes so many milliseconds after the first phone of that life was answered. */
const deaths = Array.from({ length: 20 }, (_, index) => 30 + (index * 67) % 230)
const phoneCount = 5
const operationsAtOnce = 15

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

/** Writes and sends without a pause, and sends again whatever was not acknowledged. */
class Pusher {
  readonly phone: Phone
  acknowledged = 0
  /** Answers since the server was started last. */
  answers = 0
  epochs = new Set<string>()

  constructor(phone: Phone) {
    this.phone = phone
  }

  async push(stopped: () => boolean): Promise<void> {
    while (!stopped()) {
      if (this.phone.outbox.length === this.acknowledged) {
        for (let i = 0; i < operationsAtOnce; i++) this.phone.write('floor:v-main', 'headcount', { post: 'b-g1', count: this.phone.outbox.length })
      }
      const batch = await this.phone.batch(this.acknowledged + 1)
      try {
        const { accepted, epoch } = await this.phone.sync({ batches: [batch] })
        this.acknowledged = accepted[this.phone.device] ?? 0
        this.epochs.add(epoch)
        this.answers++
      } catch (error) {
        // No connection, or one that was cut; anything that the server said itself is a fault.
        if (!(error instanceof TypeError)) throw error
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    }
  }
}

async function readAll(reader: Phone, stream: string): Promise<{ head: number; operations: WireOperation[] }> {
  const operations: WireOperation[] = []
  for (;;) {
    const { streams, more } = await reader.sync({ cursors: { [stream]: operations.length } })
    const part = streams[stream]
    if (part) {
      expect(part.from).toBe(operations.length + 1)
      operations.push(...part.ops)
    }
    if (!more) return { head: part?.head ?? operations.length, operations }
  }
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

  const { head, operations } = await readAll(reader, 'floor:v-main')
  expect(operations).toHaveLength(head)
  for (const { phone, acknowledged, epochs } of pushers) {
    const own = operations.filter(([device]) => device === phone.device)
    expect(own.length).toBeGreaterThanOrEqual(acknowledged)
    expect(own).toEqual(phone.outbox.slice(0, own.length).map(({ at, kind, body }, index) => [phone.device, index + 1, at, kind, body]))
    expect([...epochs]).toEqual([phone.identity.epoch])
  }
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
