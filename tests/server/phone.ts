import { clockAt } from '../../src/domain/clock'
import type { WrittenOperation } from '../../src/domain/operation'
import type { Batch } from '../../src/protocol/batch'
import { signBatch } from '../../src/protocol/batch'
import type { JoinResponse } from '../../src/protocol/join'
import type { Problem } from '../../src/protocol/problem'
import { exportPublicKey, makeKeyPair } from '../../src/protocol/signature'
import type { SyncRequest, SyncResponse } from '../../src/protocol/sync'

/** 10:00 in Beijing on the first day, as operations write it. */
const morning = clockAt(Date.parse('2023-05-20T10:00:00+08:00'))

export interface Reply<T> {
  status: number
  headers: Headers
  body: T
}

/** One request, with its JSON. */
export async function request<T>(origin: string, path: string, init: RequestInit & { token?: string } = {}): Promise<Reply<T>> {
  const { token, ...rest } = init
  const headers = new Headers(rest.headers)
  if (token !== undefined) headers.set('Authorization', `Bearer ${token}`)
  const response = await fetch(`${origin}${path}`, { ...rest, headers })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: (text === '' ? undefined : JSON.parse(text)) as T }
}

/** The least that speaks the protocol: it signs what it is told to sign, right or wrong. */
export class Phone {
  readonly origin: string
  readonly identity: JoinResponse
  private readonly key: CryptoKey
  /** Everything written, in order of `n`. */
  readonly outbox: WrittenOperation[]

  private constructor(origin: string, identity: JoinResponse, key: CryptoKey, outbox: WrittenOperation[] = []) {
    this.origin = origin
    this.identity = identity
    this.key = key
    this.outbox = outbox
  }

  static async join(origin: string, code: string, name: string): Promise<Phone> {
    const { privateKey, publicKey } = await makeKeyPair(false)
    const { status, body } = await request<JoinResponse>(origin, '/api/join', {
      method: 'POST', body: JSON.stringify({ code, name, key: await exportPublicKey(publicKey) }),
    })
    if (status !== 201) throw new Error(`joining: ${status} ${JSON.stringify(body)}`)
    return new Phone(origin, body, privateKey)
  }

  /** The same phone, asking another server. */
  at(origin: string): Phone {
    return new Phone(origin, this.identity, this.key, this.outbox)
  }

  get device(): string {
    return this.identity.device
  }

  get venue(): string {
    return this.identity.venue ?? ''
  }

  get floor(): string {
    return `floor:${this.venue}`
  }

  get roster(): string {
    return `roster:${this.venue}`
  }

  /** Writes an operation down, unsent. @param at clock value; a second after the one before where it is left out */
  write(stream: string, kind: string, body: unknown, at = morning + this.outbox.length * 4_096_000): WrittenOperation {
    const operation = { at, stream, kind, body }
    this.outbox.push(operation)
    return operation
  }

  /** A check-in at this phone's venue. */
  checkIn(ticket: string, post = 'a-open', at?: number): WrittenOperation {
    return this.write(this.floor, 'checkin', { post, ticket, by: 'camera' }, at)
  }

  /** Signs operations that may be anything. */
  sign(from: number, ops: readonly unknown[], festival = this.identity.festival.id): Promise<Batch> {
    return signBatch(this.key, festival, { device: this.device, from, ops: ops as WrittenOperation[] })
  }

  /** What was written from `from` to `until`, signed. */
  batch(from = 1, until = this.outbox.length): Promise<Batch> {
    return this.sign(from, this.outbox.slice(from - 1, until))
  }

  post<T>(path: string, body: unknown): Promise<Reply<T>> {
    return request<T>(this.origin, path, { method: 'POST', token: this.identity.token, body: JSON.stringify(body) })
  }

  get<T>(path: string): Promise<Reply<T>> {
    return request<T>(this.origin, path, { token: this.identity.token })
  }

  /** An exchange that is expected to succeed. */
  async sync(request: Partial<SyncRequest> = {}): Promise<SyncResponse> {
    const { status, body } = await this.post<SyncResponse>('/api/sync', { v: 1, epoch: null, ...request })
    if (status !== 200) throw new Error(`sync: ${status} ${JSON.stringify(body)}`)
    return body
  }

  /** An exchange that is expected to be refused. */
  async refused(request: Record<string, unknown>): Promise<Problem & { http: number }> {
    const { status, body } = await this.post<Problem>('/api/sync', { v: 1, epoch: null, ...request })
    return { http: status, ...body }
  }

  /** Sends everything written. */
  async push(): Promise<SyncResponse> {
    return this.sync({ batches: [await this.batch()] })
  }

  /** A whole stream, from its start. */
  async read(stream: string): Promise<SyncResponse['streams'][string]['ops']> {
    const { streams } = await this.sync({ cursors: { [stream]: 0 } })
    return streams[stream]?.ops ?? []
  }
}
