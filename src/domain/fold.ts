import { checkBody } from './kinds'
import type { Operation } from './operation'
import type { State } from './state'
import { createState } from './state'

/**
 * Adds operations to a state, in place. A pure function of the *set* of operations: order, repeats and batches
 * make no difference, on a phone or on the server. What is erased, unknown or malformed is passed over.
 */
export function fold(state: State, operations: Iterable<Operation>): void {
  for (const operation of operations) {
    if (operation.body === null) continue
    const writer = state.seen.of(operation.device)
    if (!writer.add(operation.n)) continue
    const check = checkBody(operation)
    if (!check.ok || !check.known) continue
    const { n, at, stream } = operation
    check.kind.apply(state, check.body, { device: writer.device, n, at, stream })
    state.version++
  }
}

/** The state of a set of operations. */
export function stateOf(operations: Iterable<Operation>): State {
  const state = createState()
  fold(state, operations)
  return state
}
