import { hostname } from 'node:os'
import { randomUUID } from 'node:crypto'
import { Complaint } from './complaint'
import { beginEpoch } from './festival/ownDevice'
import { setUpSample } from './festival/setUp'
import { networkFetch } from './hub/hub'
import { joinUpstream } from './hub/setUp'
import type { Log } from './log/log'
import type { ServerOptions } from './options'
import { badOption } from './options'

/**
 * Makes sure that there is something to serve: the sample festival in an empty log, or, with `--upstream`, a hub's beginnings.
 * @throws Complaint
 */
export async function begin(log: Log, { upstream, invite, newEpoch }: ServerOptions, now: number): Promise<void> {
  const isEmpty = await log.meta('epoch') === undefined
  if (upstream === undefined) {
    if (isEmpty) await setUpSample(log, now)
  } else if (isEmpty) {
    if (invite === undefined) throw badOption('--upstream: 第一次启动还需要 --invite / the first start needs --invite too')
    await joinUpstream(log, { upstream, code: invite, name: `园区服务器 ${hostname()}`.slice(0, 60) }, networkFetch, now)
  } else {
    await moveUpstream(log, upstream)
  }
  if (!newEpoch) return
  // A hub says nothing itself, so it stays the device that the city knows.
  if (await log.meta('upstream') === undefined) await beginEpoch(log, randomUUID(), now)
  else await log.write((transaction) => transaction.setMeta('epoch', randomUUID()))
}

/** The city's server may have another address than last time; the log says which one it is. */
async function moveUpstream(log: Log, upstream: string): Promise<void> {
  const before = await log.meta('upstream')
  if (before === undefined) {
    throw new Complaint('这里是市服务器的数据,不能再用作园区服务器;请用 --data 换一个目录。 / These are the data of a city’s server; choose another directory with --data for a hub.')
  }
  if (before !== upstream) await log.write((transaction) => transaction.setMeta('upstream', upstream))
}
