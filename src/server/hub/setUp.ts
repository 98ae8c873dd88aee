import { randomUUID } from 'node:crypto'
import { joinResponseSchema } from '../../protocol/join'
import { Complaint } from '../complaint'
import { makePrivateKey, publicKeyOf } from '../festival/keys'
import type { Log } from '../log/log'
import { Upstream, UpstreamRefusal } from './upstream'
import type { Fetch } from './upstream'

/** What a hub may be: who reads one venue, or all of them. */
const ranks = new Set(['lead', 'organiser'])

export interface HubInvite {
  /** `https://city.example.org` */
  upstream: string
  code: string
  /** How the city's list of devices calls it. */
  name: string
}

/**
 * Fills an empty log with what makes it a hub's: joins the city with an invite, and keeps what it needs to start again without a network. The
 * key is stored before the invite is used, so that a second try after a lost answer is known as the first.
 * @param now milliseconds
 * @throws Complaint
 */
export async function joinUpstream(log: Log, { upstream, code, name }: HubInvite, fetch: Fetch, now: number): Promise<void> {
  const fresh = await makePrivateKey()
  const key = await log.write(async (transaction) => {
    const before = await transaction.meta('deviceKey')
    if (before === undefined) await transaction.addMeta('deviceKey', fresh)
    return before ?? fresh
  })
  const joined = await ask(new Upstream(upstream, fetch), code, name, publicKeyOf(key))
  const { device, token, role, venue, festival, ticketKeys, epoch } = joined
  if (!ranks.has(role)) {
    throw new Complaint(`--invite: 这是 ${role} 的邀请,园区服务器要用 lead(一个场地)或 organiser(全部场地)的邀请。 / an invite for a ${role}; a hub needs one for a lead (one venue) or an organiser (all of them).`)
  }
  await log.write(async (transaction) => {
    if (await transaction.meta('epoch') !== undefined) return
    await transaction.addMeta('epoch', randomUUID())
    await transaction.setMeta('festival', festival.id)
    await transaction.setMeta('device', device)
    await transaction.setMeta('ticketKeys', JSON.stringify(ticketKeys))
    await transaction.setMeta('upstream', upstream)
    await transaction.setMeta('upstreamToken', token)
    await transaction.setMeta('upstreamEpoch', epoch)
    await transaction.addDevice({
      device, key: publicKeyOf(key), name, role, venue: venue ?? null, label: '', invite: null, tokenHash: null, joined: now,
    })
  })
}

async function ask(upstream: Upstream, code: string, name: string, key: ReturnType<typeof publicKeyOf>) {
  try {
    return await upstream.ask({ method: 'POST', path: '/api/join', json: JSON.stringify({ code, name, key }), schema: joinResponseSchema })
  } catch (error) {
    if (error instanceof UpstreamRefusal) {
      throw new Complaint(`${upstream.origin} 没有接受邀请:${error.problem.title ?? ''} / did not take the invite: ${error.problem.code}.`)
    }
    throw new Complaint(`连不上 ${upstream.origin},第一次启动需要网络。 / Can't reach ${upstream.origin}; the first start needs a network. (${error instanceof Error ? error.message : ''})`)
  }
}
