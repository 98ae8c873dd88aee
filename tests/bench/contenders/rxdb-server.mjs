import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import Database from 'libsql'

/**
 * The server that RxDB's documentation has one write for its HTTP replication (pull by checkpoint, push, a stream of events), on the
 * store that Linli's has, with the same durability. Nothing is packed: on one machine that is in its favour.
 */
const folder = mkdtempSync(join(tmpdir(), 'linli-bench-rxdb-'))
const database = new Database(join(folder, 'checkins.db'))
database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
database.exec('CREATE TABLE checkins (id TEXT PRIMARY KEY, updatedAt INTEGER NOT NULL, document TEXT NOT NULL)')
database.exec('CREATE INDEX by_time ON checkins (updatedAt, id)')
const find = database.prepare('SELECT document FROM checkins WHERE id = ?').raw()
const put = database.prepare('INSERT OR REPLACE INTO checkins (id, updatedAt, document) VALUES (?, ?, ?)')
const after = database
  .prepare('SELECT document FROM checkins WHERE updatedAt > ? OR (updatedAt = ? AND id > ?) ORDER BY updatedAt, id LIMIT ?')
  .raw()

/** Counts up: a clock would give two pushes the same time. */
let latest = 0
/** @type {Set<import('node:http').ServerResponse>} */
const streams = new Set()

const push = database.transaction((rows) => {
  const conflicts = []
  const stored = []
  latest++
  for (const { newDocumentState, assumedMasterState } of rows) {
    const [text] = find.get(newDocumentState.id) ?? []
    const real = text && JSON.parse(text)
    if (real && real.updatedAt !== assumedMasterState?.updatedAt) conflicts.push(real)
    else stored.push({ ...newDocumentState, updatedAt: latest })
  }
  for (const document of stored) put.run([document.id, document.updatedAt, JSON.stringify(document)])
  return { conflicts, stored }
})

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
  if (pathname === '/stream') {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' })
    response.flushHeaders()
    streams.add(response)
    response.on('close', () => streams.delete(response))
    return
  }
  if (pathname === '/push') {
    const { conflicts, stored } = push(await json(request))
    const last = stored.at(-1)
    if (last) {
      const event = JSON.stringify({ documents: stored, checkpoint: { id: last.id, updatedAt: last.updatedAt } })
      for (const stream of streams) stream.write(`data: ${event}\n\n`)
    }
    return response.end(JSON.stringify(conflicts))
  }
  const [id, time, limit] = [searchParams.get('id') ?? '', Number(searchParams.get('updatedAt')), Number(searchParams.get('limit'))]
  const documents = after.all([time, time, id, limit]).map(([text]) => text)
  const last = documents.length ? JSON.parse(documents.at(-1)) : { id, updatedAt: time }
  response.end(`{"documents":[${documents.join()}],"checkpoint":${JSON.stringify({ id: last.id, updatedAt: last.updatedAt })}}`)
})
// As Linli's: Node's 5 s break a request off now and then, just as it is sent.
server.keepAliveTimeout = 65_000
server.listen(0, '127.0.0.1', () => process.send?.({ origin: `http://127.0.0.1:${server.address().port}` }))

process.on('disconnect', () => {
  rmSync(folder, { recursive: true, force: true })
  process.exit()
})
