import type * as v from 'valibot'
import type { Source } from '../operation'
import type { State } from '../state'
import type { StreamClass } from '../stream'

/** One kind of operation: where it is written, what its body must be, and what it does to the state. */
export interface Kind<Schema extends v.GenericSchema = v.GenericSchema> {
  name: string
  /** Classes of stream it belongs in; anywhere else it is malformed. */
  streams: readonly StreamClass[]
  /**
   * What the fold can't do without, and no more: quarantine is for ever, so a body is never turned away for a field
   * that nobody would have missed. Fields not named here are kept and passed on.
   */
  schema: Schema
  apply(state: State, body: v.InferOutput<Schema>, source: Source): void
}

/** Types a kind's `apply` by its schema, then forgets the type, so that kinds fit in one table. */
export function defineKind<Schema extends v.GenericSchema>(kind: Kind<Schema>): Kind {
  return kind as unknown as Kind
}
