import { createMiddleware } from 'hono/factory'
import type { Role } from '../../domain/role'
import { hashOf } from '../access/secrets'
import type { DeviceRecord } from '../log/log'
import { Refusal } from '../refusal'
import type { Env, Services } from './context'

/** Lets in whoever brings the token of a device that is not revoked. Tokens come in a header, never in an address. */
export function withDevice({ log, hub }: Pick<Services, 'log' | 'hub'>) {
  return createMiddleware<Env>(async (c, next) => {
    const token = /^Bearer +(\S+)$/i.exec(c.req.header('Authorization') ?? '')?.[1]
    if (!token) throw new Refusal('no-token', 'Authorization: Bearer TOKEN is missing')
    const device = await log.deviceByToken(hashOf(token)) ?? await hub?.find(hashOf(token))
    if (!device) throw new Refusal('unknown-token', 'no device has this token')
    if (device.revokedAfter !== null) throw new Refusal('device-revoked', 'this device was revoked')
    c.set('device', device)
    await next()
  })
}

/** Lets in only these roles; comes after `withDevice`. */
export function only(...roles: Role[]) {
  return createMiddleware<Env>(async (c, next) => {
    const { role } = c.get('device')
    if (!roles.includes(role)) throw new Refusal('role-not-allowed', `${role} may not do this; ${roles.join(', ')} may`)
    await next()
  })
}

/**
 * The venue that a request may be about: a lead's own, whatever an organiser asks for.
 * @throws Refusal `venue-not-allowed` when a lead asks for another
 */
export function venueFor({ role, venue }: DeviceRecord, asked: string | null | undefined): string | undefined {
  if (role === 'organiser') return asked ?? undefined
  if (asked && asked !== venue) throw new Refusal('venue-not-allowed', `own venue is ${venue}`)
  return venue ?? undefined
}
