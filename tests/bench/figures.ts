import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'

export interface Table {
  columns: string[]
  rows: (string | number)[][]
}

export interface Figures {
  title: string
  tables: Table[]
  /** What must be known to read them: what was equal, what was not. */
  notes: string[]
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] ?? NaN : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2
}

/** @param share 0.99 for the 99th percentile */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? NaN
}

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`
}

/** Prints what was measured, and keeps it as this benchmark's part of RESULTS.md where the runner was told to. */
export async function present(name: string, measure: () => Promise<Figures>): Promise<void> {
  const section = write(name, await measure())
  console.log(section)
  const file = process.env.LINLI_BENCH_KEEP
  if (file) writeFileSync(file, replaced(readFileSync(file, 'utf8'), name, section))
}

function write(name: string, { title, tables, notes }: Figures): string {
  const machine = `${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores (${cpus()[0]?.model.trim()}), Node ${process.versions.node}`
  return [`## ${name}: ${title}`, machine, ...tables.map(writeTable), notes.map((note) => `- ${note}`).join('\n')].filter(Boolean).join('\n\n') + '\n'
}

function writeTable({ columns, rows }: Table): string {
  const cells = [columns, columns.map(() => '---'), ...rows]
  const widths = columns.map((_, column) => Math.max(...cells.map((row) => String(row[column] ?? '').length)))
  return cells.map((row) => `| ${widths.map((width, column) => String(row[column] ?? '').padEnd(width)).join(' | ')} |`).join('\n')
}

/** Each benchmark has one part, from its heading to the next. */
function replaced(text: string, name: string, section: string): string {
  const [head = '', ...parts] = text.split(/^(?=## )/m)
  const others = parts.filter((part) => !part.startsWith(`## ${name}:`))
  return [head, ...[...others.map((part) => `${part.trimEnd()}\n`), section].sort()].join(head && '\n').replace(/\n{3,}/g, '\n\n')
}
