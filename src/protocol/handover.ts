import * as v from 'valibot'
import type { Batch } from './batch'
import { canonicalJson } from './canonical'
import { batchSchema } from './sync'

/**
 * Batches on their way without a network: as a file, or cut into QR codes (`handoverFrames.ts`). They are the batches of `POST /api/sync`, word for
 * word; around them stands only what they are and which festival's.
 */
export interface HandOver {
  linli: 'batches'
  v: 1
  /** The festival's id, which every signature covers. */
  festival: string
  batches: Batch[]
}

/** Characters of a hand-over: a festival's worth of one phone, and what a phone's memory bears. */
export const maxHandOver = 16 * 1024 * 1024

/** `foreign`: of another program, or nothing at all. `damaged`: ours, but not whole. `newer`: of a version we don't know. */
export type HandOverFault = 'foreign' | 'damaged' | 'newer' | 'too-large'
export type HandOverReading = { ok: true; handOver: HandOver } | { ok: false; code: HandOverFault }

const headSchema = v.object({ linli: v.literal('batches'), v: v.number() })
const handOverSchema = v.object({ linli: v.literal('batches'), v: v.literal(1), festival: v.string(), batches: v.array(batchSchema) })
/** How our own files begin, whoever has put spaces in. */
const beginning = /^\s*\{\s*"linli"\s*:\s*"batches"/

export function writeHandOver(festival: string, batches: Batch[]): string {
  return JSON.stringify({ linli: 'batches', v: 1, festival, batches } satisfies HandOver)
}

/** Believes only what is whole. Whether each batch is signed by whom it names only a server can tell: a phone has nobody's key but its own. */
export function readHandOver(text: string): HandOverReading {
  if (text.length > maxHandOver) return { ok: false, code: 'too-large' }
  const json = parse(text)
  const head = v.safeParse(headSchema, json)
  if (!head.success) return { ok: false, code: json === undefined && beginning.test(text) ? 'damaged' : 'foreign' }
  if (head.output.v !== 1) return { ok: false, code: 'newer' }
  const read = v.safeParse(handOverSchema, json)
  if (!read.success || !read.output.batches.every(isSigned)) return { ok: false, code: 'damaged' }
  return { ok: true, handOver: read.output as HandOver }
}

/** Something was signed, and can have been: what is nested thousands deep, or a number such as 1e999, has no canonical JSON. */
function isSigned({ ops }: v.InferOutput<typeof batchSchema>): boolean {
  try {
    return ops.every((operation) => canonicalJson(operation) !== '') && ops.length > 0
  } catch {
    return false
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
