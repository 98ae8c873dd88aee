/**
 * Runs one program and ends it, and removes its folder, when whoever started the keeper is gone: however a test run dies, the system closes
 * the pipe to our standard input.
 *
 * node keeper.mjs UID|- FOLDER PROGRAM ARGUMENTS…; the first line on stdout is the program's process id, its own words follow on stderr.
 */
import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'

const [user, folder = '', program = '', ...args] = process.argv.slice(2)
const child = spawn(program, args, { cwd: '/', stdio: ['ignore', 'inherit', 'inherit'], ...(user !== '-' && { uid: Number(user), gid: Number(user) }) })
let over = false
child.once('exit', () => {
  if (over) rmSync(folder, { recursive: true, force: true })
  process.exit()
})
console.log(child.pid)
// SIGQUIT is PostgreSQL's immediate shutdown: nobody needs what is in it.
process.stdin.resume().once('close', () => {
  over = true
  child.kill('SIGQUIT')
})
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {})
