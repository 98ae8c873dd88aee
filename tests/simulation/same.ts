import { operationOf } from '../../src/device/page'
import { isForgotten } from '../../src/domain/attendees'
import { fold, stateOf } from '../../src/domain/fold'
import { operationId, type Operation } from '../../src/domain/operation'
import { mayRead } from './allowed'
import type { Phone, Tab } from './phone'
import type { PlacesCheck } from './places'
import { must, Violation } from './truth'

/** 4: same operations, same state. */
export function checkDigest(phone: Phone, { name, device }: Tab, stored: ReadonlyMap<string, Operation>, places: PlacesCheck): void {
  const identity = device?.identity()
  must(device !== undefined && identity !== undefined, `${name} is nobody`)
  if (identity.revoked) return
  const { halfway, knownUntil } = device.status()
  must(halfway === 0 && knownUntil !== undefined, `status: ${name} is not sure at rest`)
  const truth = places.digest(stateOf([...stored.values()].filter(({ stream }) => mayRead(identity, stream))))
  // Attendees stay in the pages of a snapshot until somebody asks for them.
  const aside = new Set(device.status().quarantined.map(operationId))
  const shelved = phone.snapshotPages().flatMap(({ stream, rows }) => rows.map((row) => operationOf(stream, row)))
  for (const { kind, body } of shelved.filter((operation) => operation.kind === 'attendee' && operation.body !== null)) {
    const { ticket } = body as { ticket: string }
    must(!isForgotten(device.state(), ticket), `erasure: ${phone.name} still has an ${kind} of ${ticket}`)
  }
  fold(device.state(), shelved.filter((operation) => !aside.has(operationId(operation))))
  const here = places.digest(device.state())
  if (here !== truth) throw new Violation(`4 same: ${name} differs at ${difference(here, truth)}`)
}

function difference(one: string, other: string): string {
  let at = 0
  while (one[at] === other[at]) at++
  return `${at}: ${one.slice(Math.max(0, at - 60), at + 80)} … ${other.slice(Math.max(0, at - 60), at + 80)}`
}
