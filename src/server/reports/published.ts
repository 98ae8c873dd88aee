import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { publishedProgramme } from '../../domain/programme'
import type { Published } from '../../protocol/programme'
import type { Folded } from './folded'

const pack = promisify(gzip)

export interface Publication {
  json: string
  gzip: Uint8Array
  /** Of the content, without quotes. */
  tag: string
}

/** The programme as residents read it. Thousands ask for the same one: it is made, packed and tagged once for each change. */
export class PublishedProgramme {
  private readonly folded: Folded
  private readonly epoch: () => string
  private made: { of: string; publication: Promise<Publication> } | undefined

  constructor(folded: Folded, epoch: () => string) {
    this.folded = folded
    this.epoch = epoch
  }

  async current(): Promise<Publication> {
    await this.folded.refresh()
    const of = `${this.epoch()}/${this.folded.state.programmeVersion}/${this.folded.cursor('programme')}`
    if (this.made?.of !== of) this.made = { of, publication: this.make() }
    return this.made.publication
  }

  private async make(): Promise<Publication> {
    const published: Published = {
      v: 1, epoch: this.epoch(), seq: this.folded.cursor('programme'), ...publishedProgramme(this.folded.programme()),
    }
    const json = JSON.stringify(published)
    return { json, gzip: await pack(json), tag: createHash('sha256').update(json).digest('base64url').slice(0, 22) }
  }
}
