import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decodeBase45 } from '../../src/protocol/base45'
import { Phone, request } from './phone'
import { buildServer, freePort, run } from './process'

let built: Awaited<ReturnType<typeof buildServer>>
let folder: string
beforeAll(async () => {
  built = await buildServer()
  folder = mkdtempSync(join(tmpdir(), 'linli-command-'))
})
afterAll(() => {
  built.remove()
  rmSync(folder, { recursive: true })
})

const startServer = (args: string[], env?: Record<string, string>) => run(join(built.folder, 'main.js'), args, env)
const invite = async (args: string[]) => {
  const command = run(join(built.folder, 'invite.js'), args)
  return { code: (await command.ended).code, out: command.out().trim() }
}

describe('npm start', () => {
  test('says where, and stops at Ctrl-C while somebody waits', async () => {
    const data = join(folder, 'first')
    const port = await freePort()
    const server = startServer(['--port', String(port), '--data', data])
    const [link, code = ''] = await server.printed(/http:\/\/localhost:\d+\/join#([0-9A-Z]{16})/)
    expect(link).toContain(`:${port}/`)
    await server.printed(/Ctrl-C/)
    expect(server.out()).toContain('样例')
    expect(server.out()).toContain('npm run invite -- volunteer v-main')

    const sheet = readFileSync(join(data, 'sample-tickets.csv'), 'utf8')
    expect(sheet.startsWith('\uFEFFnumber,code,alias,qr\r\n1,')).toBe(true)
    const rows = sheet.trim().split('\r\n').slice(1).map((line) => line.split(','))
    expect(rows).toHaveLength(120)
    expect(rows.every(([, shown, , qr]) => /^\w{4}-\w{4}$/.test(shown ?? '') && decodeBase45(qr?.slice(2) ?? '')?.length === 77)).toBe(true)

    const origin = `http://127.0.0.1:${port}`
    const organiser = await Phone.join(origin, code, 'organiser')
    for (const [role, venue] of [['volunteer', 'v-main'], ['host', 'v-dongcheng'], ['visitor', 'com-dx-001'], ['lead', 'v-main'], ['organiser', '']] as const) {
      const { code: exit, out } = await invite([role, ...(venue ? [venue] : []), '--data', data])
      expect([exit, out]).toEqual([0, expect.stringMatching(new RegExp(`^http://localhost:${port}/join#[0-9A-Z]{16}$`))])
      expect((await Phone.join(origin, out.split('#')[1] ?? '', role)).identity).toMatchObject({ role, venue: venue || null })
    }

    const { streams } = await organiser.sync({ cursors: { control: 0 } })
    const waiting = organiser.sync({ cursors: { control: streams.control?.head ?? 0 }, wait: 25 })
    await new Promise((resolve) => setTimeout(resolve, 100))
    const began = performance.now()
    server.process.kill('SIGINT')
    expect((await waiting).streams).toEqual({})
    expect(await server.ended).toEqual({ code: 0, signal: null })
    expect(performance.now() - began).toBeLessThan(2_000)
  })

  test('finds its data again, and gives another epoch where it was asked to', async () => {
    const data = join(folder, 'again')
    const epochs: string[] = []
    for (const more of [[], [], ['--new-epoch']]) {
      const port = await freePort()
      const server = startServer(['--data', data, '--host', '127.0.0.1', ...more], { LINLI_PORT: String(port), PORT: '1' })
      await server.printed(/Ctrl-C/)
      const { body } = await request<{ epoch: string }>(`http://127.0.0.1:${port}`, '/api/health')
      epochs.push(body.epoch)
      server.process.kill('SIGTERM')
      expect((await server.ended).code).toBe(0)
    }
    expect(epochs[1]).toBe(epochs[0])
    expect(epochs[2]).not.toBe(epochs[0])
  })

  test('gives out the public address', async () => {
    const data = join(folder, 'public')
    const server = startServer(['--port', '0', '--data', data, '--public-url', 'https://linli.example.cn/'])
    await server.printed(/https:\/\/linli\.example\.cn\/join#/)
    expect((await invite(['organiser', '--data', data])).out).toMatch(/^https:\/\/linli\.example\.cn\/join#/)
    server.process.kill('SIGTERM')
    await server.ended
  })

  const lines = (out: string) => out.trim().split('\n')

  test.each([
    [['--colour', 'red']], [['--port', 'many']], [['--port', '70000']], [['--port']], [['extra']], [['--public-url', 'linli.cn']],
  ])('%j is one clear line', async (args) => {
    const server = startServer(['--data', join(folder, 'never'), ...args])
    expect((await server.ended).code).toBe(2)
    expect(lines(server.out())).toHaveLength(1)
    expect(existsSync(join(folder, 'never'))).toBe(false)
  })

  test('says in one line why it can’t start', async () => {
    const port = await freePort()
    const data = join(folder, 'held')
    const holder = startServer(['--port', String(port), '--data', data])
    await holder.printed(/Ctrl-C/)
    mkdirSync(join(folder, 'foreign'))
    writeFileSync(join(folder, 'foreign', 'linli.db'), 'not a database at all, but long enough to be taken for one'.repeat(40))
    writeFileSync(join(folder, 'file'), '')
    for (const [args, reason] of [
      [['--port', String(port), '--data', join(folder, 'other')], 'EADDRINUSE'],
      [['--port', '0', '--data', data], 'Another server'],
      [['--port', '0', '--data', join(folder, 'foreign')], 'SQLITE_NOTADB'],
      [['--port', '0', '--data', join(folder, 'file')], 'SQLITE_CANTOPEN'],
      [['--port', '0', '--data', '/proc/linli'], 'ENOENT'],
      [['--port', '0', '--host', '203.0.113.1', '--data', join(folder, 'other')], 'EADDRNOTAVAIL'],
    ] as const) {
      const server = startServer([...args])
      expect([reason, (await server.ended).code]).toEqual([reason, 1])
      expect(lines(server.out())).toEqual([expect.stringContaining(reason)])
    }
    holder.process.kill('SIGTERM')
    await holder.ended
  })
})

describe('npm run invite', () => {
  test.each([
    [[], 'volunteer host visitor lead organiser'],
    [['king'], 'volunteer host visitor lead organiser'],
    [['volunteer', 'v-main', '--uses', '0'], '--uses'],
    [['volunteer', 'v-main', '--days', 'x'], '--days'],
    [['volunteer', 'v-main', 'more'], 'more'],
    [['volunteer', 'v-main', '--colour'], '--colour'],
  ])('%j is one clear line', async (args, reason) => {
    const { code, out } = await invite([...args, '--data', join(folder, 'nothing')])
    expect([code, out.split('\n').length]).toEqual([2, 1])
    expect(out).toContain(reason)
  })

  test('needs a server’s data, and a venue of its festival', async () => {
    expect(await invite(['organiser', '--data', join(folder, 'nothing')])).toEqual({ code: 1, out: expect.stringContaining('npm start') })
    const data = join(folder, 'venues')
    const server = startServer(['--port', '0', '--data', data])
    await server.printed(/Ctrl-C/)
    for (const args of [['volunteer'], ['host', 'v-nowhere']]) {
      const { code, out } = await invite([...args, '--data', data])
      expect([code, out.split('\n').length]).toEqual([2, 1])
      expect(out).toContain('v-main')
      expect(out).toContain('259')
    }
    expect((await invite(['organiser', 'v-main', '--data', data])).code).toBe(2)
    server.process.kill('SIGTERM')
    await server.ended
  })
})
