import { promisify } from 'node:util'
import { gunzip, gzip, inflate } from 'node:zlib'
import type { Context } from 'hono'
import { accepts } from 'hono/accepts'
import * as v from 'valibot'
import { maxRequestBytes } from '../../protocol/limits'
import { Refusal } from '../refusal'

const packed = promisify(gzip)
const unpackers = { gzip: promisify(gunzip), 'x-gzip': promisify(gunzip), deflate: promisify(inflate) }

/**
 * Bytes that are still read of a body that is too large: who is refused before the end hears nothing but a broken connection. The limit
 * is for who doesn't stop.
 */
const mostDiscarded = 16 * maxRequestBytes

/**
 * A request's JSON, checked; `undefined` where it has no body. Packed bodies are unpacked only up to the limit, so that a small file can't
 * become a large one.
 * @throws Refusal `too-large`, `malformed-request`
 */
export async function readJson<Schema extends v.GenericSchema>(c: Context, schema: Schema): Promise<v.InferOutput<Schema>> {
  const value = parse(await unpack(await readBytes(c), c.req.header('Content-Encoding')))
  const result = v.safeParse(schema, value)
  if (result.success) return result.output
  const [issue] = result.issues
  throw new Refusal('malformed-request', `${v.getDotPath(issue) ?? 'body'}: expected ${issue.expected ?? 'another value'}`)
}

/** Counts while it reads: a length that is only announced, or not even that, is no limit. */
async function readBytes(c: Context): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of c.req.raw.body ?? []) {
      length += chunk.length
      if (length <= maxRequestBytes) chunks.push(chunk)
      if (length <= mostDiscarded) continue
      c.header('Connection', 'close')
      break
    }
  } catch {
    // Phones lose their network in the middle of sending all day long.
    throw new Refusal('malformed-request', 'the body broke off')
  }
  if (length > maxRequestBytes) throw tooLarge()
  return Buffer.concat(chunks, length)
}

async function unpack(bytes: Uint8Array, encoding = 'identity'): Promise<Uint8Array> {
  if (encoding === 'identity') return bytes
  const unpacker = unpackers[encoding.trim().toLowerCase() as keyof typeof unpackers] as typeof unpackers.gzip | undefined
  if (!unpacker) throw new Refusal('malformed-request', `Content-Encoding ${encoding}: expected gzip or deflate`)
  try {
    return await unpacker(bytes, { maxOutputLength: maxRequestBytes })
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge()
    throw new Refusal('malformed-request', `body is not ${encoding}`)
  }
}

function tooLarge(): Refusal {
  return new Refusal('too-large', `at most ${maxRequestBytes} bytes in one request, unpacked`)
}

/** Shorter answers gain nothing from gzip's own 20 bytes; most of a live tail are. */
const worthPacking = 1024
/** A sixth larger than at zlib's usual level, in a third of its time: when everybody comes back at once, packing is most of the work. */
const fastest = 1

/** Answers with text that is JSON already. In one piece: a stream of packed pieces costs a turn of the event loop for each. */
export async function answerJson(c: Context, json: string): Promise<Response> {
  c.header('Content-Type', 'application/json')
  c.header('Vary', 'Accept-Encoding')
  const bytes = Buffer.from(json)
  const encoding = accepts(c, { header: 'Accept-Encoding', supports: ['gzip', 'identity'], default: 'identity' })
  // The length keeps the middleware from packing it in its own way.
  if (encoding !== 'gzip' || bytes.length < worthPacking) {
    c.header('Content-Length', String(bytes.length))
    return c.body(bytes)
  }
  c.header('Content-Encoding', 'gzip')
  return c.body(new Uint8Array(await packed(bytes, { level: fastest })))
}

function parse(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return undefined
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new Refusal('malformed-request', 'body is not JSON in UTF-8')
  }
}
