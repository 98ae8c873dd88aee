import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import express from 'express'
import expressPouchDB from 'express-pouchdb'
import http from 'pouchdb-adapter-http'
import leveldb from 'pouchdb-adapter-leveldb'
import PouchDB from 'pouchdb-core'
import replication from 'pouchdb-replication'

/** PouchDB's own server as its README has it, with what PouchDB asks of a server and no more, on its usual store. */
const folder = mkdtempSync(join(tmpdir(), 'linli-bench-pouchdb-'))
const Database = PouchDB.plugin(leveldb).plugin(http).plugin(replication).defaults({ prefix: `${folder}/` })
const app = express()
app.use('/db', expressPouchDB(Database, { mode: 'minimumForPouchDB' }))
const server = app.listen(0, '127.0.0.1', () => process.send?.({ origin: `http://127.0.0.1:${server.address().port}` }))

process.on('disconnect', () => {
  rmSync(folder, { recursive: true, force: true })
  process.exit()
})
