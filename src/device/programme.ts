import * as v from 'valibot'
import type { Programme } from '../domain/programme'
import { publishedSchema } from '../protocol/programme'
import type { Ports } from './ports'
import { Replica, type StoredProgramme } from './replica'
import { StorageError } from './store'

/** The published programme as it stands on this phone. */
export interface Copy {
  programme: Programme
  /** When it was last known to be the server's, in milliseconds of this phone's clock; undefined: it could not be stored. */
  savedAt?: number
}
export type Fetched = ({ ok: true } & Copy) | { ok: false; code: 'offline' | 'nonsense' }

/** Somebody is looking at what is here already, so there is no hurry; but a connection that hangs is not waited for. */
const patience = 30_000

/**
 * What residents read, without an account: from this phone at once, from the server when it can be had. Nothing but a whole programme
 * is ever believed; what is shown and stored stays until there is one.
 */
export class PublishedProgramme {
  readonly #ports: Ports
  readonly #replica: Replica

  constructor(ports: Ports) {
    this.#ports = ports
    this.#replica = new Replica(ports)
  }

  /** @returns undefined when there is none here, or when storage can't be read */
  async read(): Promise<Copy | undefined> {
    const stored = await this.#stored()
    return stored && { programme: stored.programme, savedAt: stored.savedAt }
  }

  async fetch(): Promise<Fetched> {
    const stored = await this.#stored()
    const cut = new AbortController()
    const cancel = this.#ports.after(patience, () => cut.abort())
    try {
      const headers: Record<string, string> = stored?.etag === undefined ? {} : { 'if-none-match': stored.etag }
      const init = { headers, signal: cut.signal, cache: 'no-store', credentials: 'omit', redirect: 'error' } as const
      const response = await this.#ports.fetch('/api/programme', init)
      if (response.status === 304 && stored) return this.#keep(stored.programme, stored.document, stored.etag)
      if (!response.ok) return { ok: false, code: 'nonsense' }
      const document: unknown = await response.json().catch((error: unknown) => {
        if (error instanceof SyntaxError) return undefined
        throw error
      })
      const read = v.safeParse(publishedSchema, document)
      if (!read.success) return { ok: false, code: 'nonsense' }
      return this.#keep(read.output as Programme, document, response.headers.get('etag') ?? undefined)
    } catch {
      return { ok: false, code: 'offline' }
    } finally {
      cancel()
    }
  }

  /** Stored where it can be; a phone without storage still shows what it was given. */
  async #keep(programme: Programme, document: unknown, etag: string | undefined): Promise<Fetched> {
    const savedAt = this.#ports.now()
    try {
      await this.#replica.keepPublished({ etag, savedAt, document })
      return { ok: true, programme, savedAt }
    } catch (error) {
      if (error instanceof StorageError) return { ok: true, programme }
      throw error
    }
  }

  async #stored(): Promise<(StoredProgramme & { programme: Programme }) | undefined> {
    try {
      const stored = await this.#replica.published()
      const read = v.safeParse(publishedSchema, stored?.document)
      return stored && read.success ? { ...stored, programme: read.output as Programme } : undefined
    } catch (error) {
      if (error instanceof StorageError) return undefined
      throw error
    }
  }
}
