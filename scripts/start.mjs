/**
 * `npm start`: builds what is needed, then is the server. Not its parent: a signal reaches the server itself, and ending
 * this process ends everything. Arguments are the server's own.
 */
import { build } from './build.mjs'

await build()

// npm puts a shell between itself and us, and the shell keeps a signal sent to npm to itself. When it has died of one, so do we.
if (process.env.npm_lifecycle_event === 'start') {
  const shell = process.ppid
  setInterval(() => process.ppid === shell || process.kill(process.pid, 'SIGTERM'), 500).unref()
}

await import(new URL('../dist/server/main.js', import.meta.url).href)
