import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Phone } from './phone'
import { command, freshDatabase } from './postgres/database'
import type { Command } from './process'
import { buildServer, freePort, run } from './process'
import { readAll } from './pusher'

const floor = 'floor:v-main'

let built: Awaited<ReturnType<typeof buildServer>>
let folder: string
beforeAll(async () => {
  built = await buildServer()
  folder = mkdtempSync(join(tmpdir(), 'linli-restored-'))
})
afterAll(() => {
  built.remove()
  rmSync(folder, { recursive: true })
})

/** A server's data, copied and put back while no server runs on them. */
interface Data {
  args: string[]
  backUp(): Promise<void>
  putBack(): Promise<void>
  remove(): Promise<void>
}

const engines: Record<string, () => Promise<Data>> = {
  async 'SQLite: a copy of the directory'() {
    const [data, copy] = [join(folder, 'data'), join(folder, 'copy')]
    return {
      args: ['--data', data],
      backUp: async () => cpSync(data, copy, { recursive: true }),
      async putBack() {
        rmSync(data, { recursive: true })
        cpSync(copy, data, { recursive: true })
      },
      remove: async () => {},
    }
  },
  // What pg_dump and pg_restore do, with nothing but the server itself.
  async 'PostgreSQL: a copy of the database'() {
    const [present, spare] = [await freshDatabase(), await freshDatabase()]
    const [name, copy] = [present, spare].map(({ url }) => new URL(url).pathname.slice(1))
    const beside = new URL(present.url)
    beside.pathname = 'postgres'
    const replace = async (old: string | undefined, by: string | undefined) => {
      await command(beside.href, `DROP DATABASE ${old} WITH (FORCE)`)
      await command(beside.href, `CREATE DATABASE ${old} TEMPLATE ${by}`)
    }
    return {
      args: ['--data', join(folder, 'beside'), '--database', present.url],
      backUp: () => replace(copy, name),
      putBack: () => replace(name, copy),
      remove: async () => { await Promise.all([present.drop(), spare.drop()]) },
    }
  },
}

test.each(Object.entries(engines))('%s, put back and started with --new-epoch: phones bring again what it lacks', { timeout: 60_000 }, async (_name, make) => {
  const data = await make()
  const port = await freePort()
  let server: Command | undefined
  const start = async (...more: string[]) => {
    server = run(join(built.folder, 'main.js'), ['--port', String(port), ...data.args, ...more])
    return server.printed(/\/join#([0-9A-Z]{16})[^]*Ctrl-C/)
  }
  const stop = async () => {
    server?.process.kill('SIGTERM')
    await server?.ended
  }
  try {
    const [, code = ''] = await start()
    const origin = `http://127.0.0.1:${port}`
    const [writer, other] = [await Phone.join(origin, code, 'writer'), await Phone.join(origin, code, 'other')]
    const write = (phone: Phone) => phone.write(floor, 'headcount', { post: 'b-g1', count: 1 })
    write(writer)
    await writer.push()
    await stop()
    await data.backUp()

    await start()
    for (const phone of [writer, other, writer]) {
      write(phone)
      await phone.push()
    }
    const before = await readAll(other, floor)
    await stop()
    await data.putBack()
    await start('--new-epoch')

    const { epoch } = writer.identity
    const refused = await other.refused({ epoch, cursors: { [floor]: before.head } })
    expect(refused).toMatchObject({ http: 409, code: 'epoch', epoch: expect.not.stringMatching(epoch) })
    expect(await writer.refused({ batches: [await writer.batch(3)] })).toMatchObject({ http: 409, code: 'gap', need: 2 })
    for (const phone of [other, writer]) await phone.push()
    const after = await readAll(other, floor)
    expect(after.operations).toHaveLength(after.head)
    const plain = ({ operations }: typeof after) => operations.map((operation) => JSON.stringify(operation)).sort()
    expect(plain(after)).toEqual(plain(before))
  } finally {
    await stop()
    await data.remove()
  }
})
