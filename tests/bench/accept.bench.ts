import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { NewOperation } from '../../src/server/log/log'
import { openPostgres } from '../../src/server/log/postgres'
import type { Engine } from '../../src/server/log/engine'
import { openSqlite } from '../../src/server/log/sqlite'
import { maxOperations } from '../../src/protocol/limits'
import { Cluster } from '../server/postgres/cluster'
import { Phone } from '../server/phone'
import { median, present } from './figures'
import type { Body } from './linli/bodies'
import { bodiesOf, send } from './linli/bodies'
import { scan } from './linli/scans'
import { startServer } from './linli/server'

/**
 * Operations a second that the server accepts: over HTTP, unpacked, signatures and every operation checked, durable. Beside it what the machine
 * can do at best with the same operations: the engine's bare inserts, and unpacking and parsing the same requests.
 */
const { values } = parseArgs({ options: {
  phones: { type: 'string', default: '10' },
  /** Operations of each phone. */
  ops: { type: 'string', default: '5000' },
  runs: { type: 'string', default: '3' },
} })
const [phones, operations] = [Number(values.phones), Number(values.ops)]
const all = phones * operations

/** @returns operations a second, and the requests that they came in */
async function accepted(database?: string): Promise<{ rate: number; bodies: Body[] }> {
  const server = await startServer(database)
  try {
    const invite = await server.invite(phones)
    const crowd = await Promise.all(Array.from({ length: phones }, (_, index) => Phone.join(server.origin, invite, `phone ${index}`)))
    for (const phone of crowd) scan(phone, operations)
    const bodies = await Promise.all(crowd.map((phone) => bodiesOf(phone)))
    const began = performance.now()
    // Each phone sends one request after the other, all phones at once.
    await Promise.all(crowd.map(async (phone, index) => {
      for (const body of bodies[index] ?? []) await (await send(phone, body)).arrayBuffer()
    }))
    return { rate: perSecond(began), bodies: bodies.flat() }
  } finally {
    await server.stop()
  }
}

/** The same rows as bare inserts: one statement made ready, a transaction as large as a request, nothing checked, no second table. */
async function inserted(engine: Engine, bodies: readonly Body[]): Promise<number> {
  await engine.run(`CREATE TABLE bare (
    stream TEXT NOT NULL, seq BIGINT NOT NULL, device TEXT NOT NULL, n BIGINT NOT NULL, at BIGINT NOT NULL, kind TEXT NOT NULL, body TEXT,
    PRIMARY KEY (stream, seq)) ${engine.dialect.clustered}`)
  const batches = await Promise.all(bodies.map(rowsOf))
  const began = performance.now()
  let seq = 0
  for (const rows of batches) {
    await engine.transaction(async (connection) => {
      for (let start = 0; start < rows.length; start += 50) {
        const some = rows.slice(start, start + 50)
        const places = some.map(() => '(?, ?, ?, ?, ?, ?, ?)').join()
        const flat = some.flatMap(({ stream, device, n, at, kind, body }) => [stream, ++seq, device, n, at, kind, body])
        await connection.run(`INSERT INTO bare VALUES ${places}`, flat)
      }
    })
  }
  const rate = perSecond(began)
  await engine.close()
  return rate
}

type BareRow = Pick<NewOperation, 'stream' | 'device' | 'n' | 'at' | 'kind' | 'body'>

async function rowsOf({ bytes }: Body): Promise<BareRow[]> {
  const { batches } = JSON.parse((await unpack(bytes)).toString()) as { batches: { device: string; from: number; ops: (Omit<BareRow, 'body'> & { body: unknown })[] }[] }
  return batches.flatMap(({ device, from, ops }) =>
    ops.map(({ stream, at, kind, body }, index) => ({ stream, device, n: from + index, at, kind, body: JSON.stringify(body) })))
}

const unpack = promisify(gunzip)

async function parsed(bodies: readonly Body[]): Promise<number> {
  const began = performance.now()
  for (const { bytes } of bodies) JSON.parse((await unpack(bytes)).toString())
  return perSecond(began)
}

function perSecond(began: number): number {
  return all / ((performance.now() - began) / 1000)
}

interface Rates {
  sqlite: number[]
  bareSqlite: number[]
  postgres: number[]
  barePostgres: number[]
  parse: number[]
}

async function measure(): Promise<Rates> {
  const rates: Rates = { sqlite: [], bareSqlite: [], postgres: [], barePostgres: [], parse: [] }
  const folder = mkdtempSync(join(tmpdir(), 'linli-bench-'))
  const cluster = await Cluster.create()
  try {
    for (let run = 0; run < Number(values.runs); run++) {
      const { rate, bodies } = await accepted()
      rates.sqlite.push(rate)
      rates.bareSqlite.push(await inserted(openSqlite(join(folder, `${run}.db`)), bodies))
      rates.postgres.push((await accepted(await makeDatabase(cluster, `linli${run}`))).rate)
      rates.barePostgres.push(await inserted(openPostgres(await makeDatabase(cluster, `bare${run}`)), bodies))
      rates.parse.push(await parsed(bodies))
    }
    return rates
  } finally {
    rmSync(folder, { recursive: true })
    await cluster.stop()
  }
}

/** @returns its address */
async function makeDatabase({ url }: Cluster, name: string): Promise<string> {
  const postgres = openPostgres(url)
  await postgres.run(`CREATE DATABASE ${name}`)
  await postgres.close()
  return url.replace(/postgres$/, name)
}

await present('accept', async () => {
  const rates = await measure()
  const row = (name: string, own: readonly number[], limit: readonly number[]) =>
    [name, Math.round(median(own)), Math.round(median(limit)), (median(own) / median(limit)).toFixed(2)]
  return {
    title: 'operations a second that the server takes in',
    tables: [{
      columns: ['engine', 'Linli accepts', 'bare inserts', 'ratio'],
      rows: [row('SQLite, synchronous = FULL', rates.sqlite, rates.bareSqlite), row('PostgreSQL, synchronous_commit = on', rates.postgres, rates.barePostgres)],
    }, {
      columns: ['unpacking and parsing the same requests', 'Linli on SQLite of it'],
      rows: [[Math.round(median(rates.parse)), (median(rates.sqlite) / median(rates.parse)).toFixed(2)]],
    }],
    notes: [
      `${phones} phones at once, each ${operations} operations in requests of ${maxOperations}, gzip over HTTP; median of ${values.runs} runs. Who sends shares the machine's cores with the server.`,
      'Accepted is: unpacked, signature verified, every operation in its canonical form, hashed, judged and stored in two tables, in one transaction a request, synchronised to disk before the answer.',
      'Bare inserts: the same rows into one table without an index beside its key, 50 a statement, a transaction a request, the same durability, and nothing else.',
    ],
  }
})
