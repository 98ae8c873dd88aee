import type { DeviceId } from '../../domain/operation'
import { cutsOf } from '../../domain/standing'
import type { Revocation } from '../../domain/state'
import type { Reads } from '../log/log'

/** Which devices are cut off, by the same rule as on every phone. */
export async function cutsIn(log: Reads): Promise<Map<DeviceId, number>> {
  const stream = 'control'
  const revocations = (await log.operationsOfKind(stream, 'device.revoke')).map(({ device: by, n, at, body }): Revocation => {
    const { device, after } = JSON.parse(body ?? '{}') as Pick<Revocation, 'device' | 'after'>
    return { device, after, source: { device: by, n, at, stream } }
  })
  return cutsOf(revocations)
}
