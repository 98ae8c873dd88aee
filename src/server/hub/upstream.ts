import * as v from 'valibot'
import type { Problem } from '../../protocol/problem'
import { problemSchema } from '../../protocol/problem'
import { Refusal } from '../refusal'

/** Milliseconds for one answer, besides what upstream may wait: 512 KB over a park's mobile network. */
const patience = 40_000

/** `fetch`, as far as a hub uses it: handed in, so that a test can be the network. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** Upstream could not be reached, or what answered was not upstream. */
export class Unreachable extends Refusal {
  constructor(detail: string) {
    super('upstream-unreachable', detail)
  }
}

/** Upstream will not do it. */
export class UpstreamRefusal extends Error {
  override name = 'UpstreamRefusal'
  readonly status: number
  readonly problem: Problem
  /** Milliseconds for which it wants to be left alone. */
  readonly retryAfter: number | undefined

  constructor(status: number, problem: Problem, retryAfter: number | undefined) {
    super(`${status} ${problem.code}: ${problem.detail ?? ''}`)
    this.status = status
    this.problem = problem
    this.retryAfter = retryAfter
  }
}

export interface Question<Schema extends v.GenericSchema> {
  method: 'GET' | 'POST'
  path: string
  token?: string
  /** The request's body. */
  json?: string
  schema: Schema
  /** Seconds that upstream may wait before it answers. */
  wait?: number
  signal?: AbortSignal
}

/** The city's server, as its hub speaks to it. */
export class Upstream {
  /** `https://city.example.org` */
  readonly origin: string
  private readonly fetch: Fetch

  constructor(origin: string, fetch: Fetch) {
    this.origin = origin
    this.fetch = fetch
  }

  /** @throws Unreachable, UpstreamRefusal */
  async ask<Schema extends v.GenericSchema>({ method, path, token, json, schema, wait = 0, signal }: Question<Schema>): Promise<v.InferOutput<Schema>> {
    const { response, text } = await this.send(path, {
      method,
      headers: { ...(token !== undefined && { Authorization: `Bearer ${token}` }), ...(json !== undefined && { 'Content-Type': 'application/json' }) },
      ...(json !== undefined && { body: json }),
    }, patience + wait * 1_000, signal)
    const value = parse(text)
    if (!response.ok) {
      const problem = v.safeParse(problemSchema, value)
      if (!problem.success) throw new Unreachable(`${this.origin} answered ${response.status}, and not as Linli does`)
      const seconds = Number(response.headers.get('Retry-After') ?? NaN)
      throw new UpstreamRefusal(response.status, problem.output, seconds >= 0 ? seconds * 1_000 : undefined)
    }
    const answer = v.safeParse(schema, value)
    if (!answer.success) throw new Unreachable(`${this.origin} answered, and not as Linli does`)
    return answer.output
  }

  /**
   * One request, and all of its answer.
   * @param limit milliseconds
   * @throws Unreachable
   */
  async send(path: string, init: RequestInit, limit = patience, signal?: AbortSignal): Promise<{ response: Response; text: string }> {
    const cut = new AbortController()
    // An answer that is cut off while it is unpacked may never say so by itself.
    const cutOff = new Promise<never>((_resolve, reject) => {
      cut.signal.addEventListener('abort', () => reject(new Error('given up')), { once: true })
    })
    const giveUp = () => cut.abort()
    const timer = setTimeout(giveUp, limit)
    if (signal?.aborted) giveUp()
    signal?.addEventListener('abort', giveUp, { once: true })
    try {
      return await Promise.race([this.read(path, { ...init, signal: cut.signal }), cutOff])
    } catch (error) {
      throw new Unreachable(`${this.origin} can not be reached: ${reasonOf(error)}`)
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', giveUp)
    }
  }

  private async read(path: string, init: RequestInit): Promise<{ response: Response; text: string }> {
    const response = await this.fetch(`${this.origin}${path}`, { ...init, redirect: 'error' })
    return { response, text: new TextDecoder().decode(await response.arrayBuffer()) }
  }
}

/** `fetch` says what happened only in its cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause ?? error : error
  if (cause instanceof Error) return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message
  return String(cause)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
