import { millisecondsOf } from '../domain/clock'
import type { Operation } from '../domain/operation'
import { parseStream } from '../domain/stream'
import type { CarriedAside, Phase, SyncStatus, Trouble } from './api'
import { operationsIn, type Courier } from './courier'
import type { Memory } from './memory'
import { wantedStreams } from './wanted'

/** What the sync line says, worked out from what is stored: it counts what the server has not acknowledged. */
export function statusOf(memory: Memory, courier: Courier, phase: Phase, trouble: Trouble | undefined): SyncStatus {
  const waiting: Operation[] = []
  let halfway = 0
  let undeliverable = 0
  const selves = memory.selves()
  for (const { device, frozen, revoked } of selves) {
    const { accepted = 0, root = 0 } = memory.standingOf(device) ?? {}
    const unsent = memory.ownOf(device).filter(({ n }) => n > accepted)
    waiting.push(...unsent)
    if (frozen || memory.stuck.has(device) || (revoked && device === memory.identity?.device)) undeliverable += unsent.length
    halfway += Math.max(0, accepted - root)
  }
  const waitingByKind: Record<string, number> = {}
  for (const { kind } of waiting) waitingByKind[kind] = (waitingByKind[kind] ?? 0) + 1
  const carried = courier.of(memory.identity?.festival.id)
  const oldest = waiting.reduce((least, { at }) => Math.min(least, at), Infinity)
  return {
    waiting: waiting.length,
    waitingByKind,
    oldestAt: waiting.length > 0 ? millisecondsOf(oldest) : undefined,
    halfway,
    lastSuccess: memory.lastSuccess,
    knownUntil: knownUntil(memory),
    phase,
    trouble,
    storageFault: memory.storageFault,
    full: memory.full,
    pictureFault: memory.unread ?? memory.unkept,
    quarantined: selves.flatMap(({ device }) => memory.quarantinedOf(device)),
    undeliverable,
    carried: operationsIn(carried.map(({ batch }) => batch)).size,
    carriedAside: carried.flatMap(({ id, batch }): CarriedAside[] => {
      const why = courier.aside.get(id)?.why
      // Without an answer nothing is known of the batch.
      return why === undefined || why === 'offline' || why === 'timeout' ? [] : [{ device: batch.device, operations: batch.ops.length, why }]
    }),
  }
}

/** The least of the floor streams: one venue unheard of is enough not to know. */
function knownUntil(memory: Memory): number | undefined {
  const floors = wantedStreams(memory).filter((stream) => parseStream(stream)?.class === 'floor')
  const moments = floors.map((stream) => memory.cursors.get(stream)?.knownUntil)
  if (moments.length === 0 || moments.includes(undefined)) return undefined
  return Math.min(...moments.map((moment) => moment ?? 0))
}
