import type { Done, Prepare } from '../crowd'
import { profiled } from '../profile'
import { BenchPhone } from './phone'

/** A process with some of the phones that come back, as crowd.ts asks for it. */

let phones: BenchPhone[] = []
let total = 0

async function prepare({ origin, invite = '', phones: count, operations, total: all }: Prepare): Promise<{ ready: true }> {
  total = all
  phones = await Promise.all(Array.from({ length: count }, (_, index) => BenchPhone.join({ origin }, invite, `phone ${index}`)))
  await Promise.all(phones.map((phone) => phone.scan(operations)))
  return { ready: true }
}

async function go(): Promise<Done> {
  const finished = await profiled('phones', async () => Math.max(...await Promise.all(phones.map((phone) => phone.sync(total)))))
  return { finished, digests: await Promise.all(phones.map((phone) => phone.digest())) }
}

process.on('message', (message: { prepare?: Prepare }) => {
  const answer = message.prepare ? prepare(message.prepare) : go()
  answer.then((said) => process.send?.(said), (error: unknown) => {
    console.error(error)
    process.exit(1)
  })
})
process.on('disconnect', () => process.exit())
