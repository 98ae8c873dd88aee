import { cruise, type ICruiseResult } from 'dependency-cruiser'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import house from '../.dependency-cruiser.mjs'

/** Each import that the house forbids, with the rule that says so. */
const forbidden = [
  ['src/domain/fold.ts', '../protocol/sync', 'domain-knows-only-its-own'],
  ['src/domain/fold.ts', 'dexie', 'domain-uses-only-its-packages'],
  ['src/domain/fold.ts', 'node:crypto', 'only-the-server-has-node'],
  ['src/protocol/sync.ts', '../device/record', 'protocol-knows-only-its-own'],
  ['src/protocol/sync.ts', 'hono', 'protocol-uses-only-its-packages'],
  ['src/device/record.ts', '../scanner', 'device-knows-only-its-own'],
  ['src/device/record.ts', '../app/router', 'device-knows-only-its-own'],
  ['src/device/record.ts', 'vue', 'device-uses-only-its-packages'],
  ['src/scanner/index.ts', '../domain/fold', 'scanner-knows-only-its-own'],
  ['src/scanner/index.ts', 'valibot', 'scanner-uses-only-its-packages'],
  ['src/app/router.ts', '../server/main', 'app-knows-only-its-own'],
  ['src/app/router.ts', '../scanner/worker', 'scanner-is-entered-by-its-front'],
  ['src/app/router.ts', '../device/record', 'device-is-entered-by-its-front'],
  ['src/app/router.ts', 'libsql', 'app-uses-only-its-packages'],
  ['src/server/main.ts', '../device/record', 'server-knows-only-its-own'],
  ['src/server/main.ts', 'vue', 'server-uses-only-its-packages'],
  ['src/sw.ts', './app/router', 'service-worker-knows-only-device'],
  ['src/sw.ts', './protocol/sync', 'service-worker-knows-only-device'],
  ['src/domain/fold.ts', '../../tests/festival', 'nothing-imports-a-test'],
  ['src/domain/clock.ts', './fold', 'no-circles'],
  ['src/app/router.ts', './nowhere', 'everything-is-found'],
] as const

/** A small house in which nothing is wrong. */
const sound = {
  'src/domain/clock.ts': [],
  'src/domain/fold.ts': ['./clock', 'valibot'],
  'src/protocol/sync.ts': ['../domain/fold', 'valibot'],
  'src/device/index.ts': ['./record'],
  'src/device/record.ts': ['../domain/fold', '../protocol/sync', 'dexie'],
  'src/scanner/index.ts': ['./worker'],
  'src/scanner/worker.ts': [],
  'src/app/router.ts': ['../domain/fold', '../protocol/sync', '../device', '../scanner', 'vue'],
  'src/server/main.ts': ['../domain/fold', '../protocol/sync', 'hono', 'node:crypto'],
  'src/sw.ts': ['./device'],
  'tests/festival.ts': ['../src/app/router', '../src/server/main'],
}
const packages = ['dexie', 'hono', 'libsql', 'valibot', 'vue']

let root: string

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'linli-house-'))
  for (const name of packages) await put(`node_modules/${name}/index.js`, '')
})
afterAll(() => rm(root, { recursive: true }))

describe('the rules of the house', () => {
  it('find nothing wrong with what is allowed', async () => {
    expect(await broken({})).toEqual([])
  })

  it.each(forbidden)('%s may not import %s', async (file, target, rule) => {
    expect(await broken({ [file]: [...sound[file], target] })).toContain(rule)
  })
})

/** The names of the rules that the sound house breaks once `changed` is in it. */
async function broken(changed: Partial<Record<string, readonly string[]>>): Promise<string[]> {
  for (const [file, imports] of Object.entries({ ...sound, ...changed })) {
    // As types: what merely names a type knows it all the same.
    await put(file, (imports ?? []).map((target) => `import type {} from '${target}'`).join('\n'))
  }
  const { output } = await cruise(['src', 'tests'], { ...house.options, baseDir: root, validate: true, ruleSet: house })
  return (output as ICruiseResult).summary.violations.map((violation) => violation.rule.name)
}

async function put(file: string, content: string): Promise<void> {
  await mkdir(join(root, dirname(file)), { recursive: true })
  await writeFile(join(root, file), content)
}
