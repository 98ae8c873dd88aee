import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { build } from 'vite'

const root = new URL('../..', import.meta.url).pathname

/** The server as it is run, built into a folder of its own inside the project, where its libraries are found. */
export async function buildServer(): Promise<{ folder: string; remove(): void }> {
  const cache = join(root, 'node_modules/.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'server-'))
  await build({ root, configFile: join(root, 'vite.config.ts'), mode: 'server', logLevel: 'error', build: { outDir: folder } })
  return { folder, remove: () => rmSync(folder, { recursive: true }) }
}

export interface Command {
  process: ChildProcess
  /** All it has printed so far. */
  out(): string
  /** Resolves when it has printed this. */
  printed(pattern: RegExp): Promise<RegExpExecArray>
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

/** Starts a built command; its environment has none of our own settings in it. */
export function run(file: string, args: string[], env: Record<string, string> = {}): Command {
  const child = spawn(process.execPath, [file, ...args], { env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  const watchers = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      for (const watch of watchers) watch()
    })
  }
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('close', (code, signal) => {
      resolve({ code, signal })
      for (const watch of watchers) watch()
    })
  })
  return {
    process: child,
    out: () => text,
    printed: (pattern) => new Promise((resolve, reject) => {
      const watch = () => {
        const found = pattern.exec(text)
        if (found) resolve(found)
        else if (child.exitCode !== null || child.signalCode !== null) reject(new Error(`ended without ${pattern}: ${text}`))
      }
      watchers.add(watch)
      watch()
    }),
    ended,
  }
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject).listen(0, () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
