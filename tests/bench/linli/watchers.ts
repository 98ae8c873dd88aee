import type { SyncResponse } from '../../../src/protocol/sync'
import { Phone } from '../../server/phone'
import { bodyOf, send } from './bodies'
import { BenchPhone } from './phone'
import { floor } from './server'

/** A process full of phones that wait for news, and say when they have heard it. */
export interface Watch {
  origin: string
  invite: string
  /** Whole phones, and those that only ask. */
  whole: number
  bare: number
}

/** As the engine does: asks from its cursor, waits, asks again. */
async function follow(phone: Phone): Promise<void> {
  let cursor = 0
  for (;;) {
    const response = await send(phone, await bodyOf({ v: 1, epoch: null, cursors: { [floor]: cursor }, wait: 25 }, 0))
    const { streams } = await response.json() as SyncResponse
    const { length } = streams[floor]?.ops ?? []
    cursor += length
    for (let i = 0; i < length; i++) process.send?.({ kind: 'http', at: Date.now() })
  }
}

function watch({ device }: BenchPhone): void {
  let { version } = device.state()
  device.subscribe(() => {
    for (const now = device.state().version; version < now; version++) process.send?.({ kind: 'engine', at: Date.now() })
  })
  device.startSync()
}

process.on('message', ({ origin, invite, whole, bare }: Watch) => {
  void (async () => {
    for (let n = 0; n < whole; n++) watch(await BenchPhone.join({ origin }, invite, `whole ${n}`))
    for (let n = 0; n < bare; n++) void follow(await Phone.join(origin, invite, `bare ${n}`))
    process.send?.('watching')
  })()
})
process.on('disconnect', () => process.exit())
