import * as v from 'valibot'
import { problemSchema, problemStatus, type Problem, type ProblemCode } from '../protocol/problem'
import type { Trouble } from './api'
import type { Ports } from './ports'

/** What came of asking: an answer of the shape that was asked for, or why there is none. */
export type Reply<T> =
  | { ok: true; value: T; bytes: number; sentAt: number; receivedAt: number }
  | Failure

export interface Failure {
  ok: false
  trouble: Trouble
  /** HTTP status, where there was an answer. */
  status?: number
  problem?: Problem
  /** Milliseconds, where the server said so. */
  retryAfter?: number
}

export interface RawRequest {
  path: string
  /** With one it is a POST, without a GET. */
  body?: unknown
  token?: string
  /** Milliseconds until the whole answer must be here. */
  timeout: number
  /** Aborts the request from outside. */
  signal?: AbortSignal
}
export interface Request<Schema extends v.GenericSchema> extends RawRequest {
  schema: Schema
}

/** Smaller bodies gain nothing from gzip's own 20 bytes and a turn of the event loop. */
const worthPacking = 1024

/**
 * Asks in JSON and believes only an answer of the expected shape: a captive portal's page, half an answer, another program's JSON
 * are all `nonsense`. The time limit covers the body too, and an answer after it is never looked at.
 */
export async function ask<Schema extends v.GenericSchema>(ports: Ports, request: Request<Schema>): Promise<Reply<v.InferOutput<Schema>>> {
  const reply = await askBytes(ports, request)
  if (!reply.ok) return reply
  const answer = v.safeParse(request.schema, parseJson(reply.value))
  return answer.success ? { ...reply, value: answer.output } : { ok: false, trouble: 'nonsense' }
}

/** The same, for what is not JSON: bytes as they came. */
export async function askBytes(ports: Ports, request: RawRequest): Promise<Reply<ArrayBuffer>> {
  const cut = new AbortController()
  // A connection may hang so fast that not even the abort reaches it.
  const aborted = new Promise<never>((_resolve, reject) => {
    cut.signal.addEventListener('abort', () => reject(cut.signal.reason as Error))
  })
  aborted.catch(() => {})
  let late = false
  const cancel = ports.after(request.timeout, () => {
    late = true
    cut.abort()
  })
  const abort = () => cut.abort()
  request.signal?.addEventListener('abort', abort)
  if (request.signal?.aborted) cut.abort()
  try {
    const { headers, body } = await pack(ports, request)
    const sentAt = ports.now()
    const init = { method: body ? 'POST' : 'GET', headers, body, signal: cut.signal, cache: 'no-store', credentials: 'omit', redirect: 'error' } as const
    const response = await Promise.race([ports.fetch(request.path, init), aborted])
    const value = await Promise.race([response.arrayBuffer(), aborted])
    const receivedAt = ports.now()
    return response.ok ? { ok: true, value, bytes: value.byteLength, sentAt, receivedAt } : refusal(response, parseJson(value))
  } catch {
    // fetch says nothing more of why: no network, no name, no certificate, a redirect of a captive portal.
    return { ok: false, trouble: late ? 'timeout' : 'offline' }
  } finally {
    cancel()
    request.signal?.removeEventListener('abort', abort)
  }
}

async function pack(ports: Ports, { body, token }: Pick<RawRequest, 'body' | 'token'>) {
  const headers: Record<string, string> = {}
  if (token !== undefined) headers.authorization = `Bearer ${token}`
  if (body === undefined) return { headers }
  headers['content-type'] = 'application/json'
  const bytes = new TextEncoder().encode(JSON.stringify(body))
  if (!ports.gzip || bytes.length <= worthPacking) return { headers, body: bytes }
  headers['content-encoding'] = 'gzip'
  return { headers, body: await ports.gzip(bytes) }
}

function parseJson(bytes: ArrayBuffer): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return undefined
  }
}

function refusal(response: Response, json: unknown): Failure {
  const read = v.safeParse(problemSchema, json)
  const problem = read.success ? read.output : undefined
  const seconds = Number(response.headers.get('retry-after'))
  const retryAfter = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined
  const trouble = problem && isProblemCode(problem.code) ? problem.code : 'nonsense'
  return { ok: false, trouble, status: response.status, problem, retryAfter }
}

function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(problemStatus, code)
}
