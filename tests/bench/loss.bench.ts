import { parseArgs } from 'node:util'
import { median, present, seconds } from './figures'
import { badNetwork, type BadNetwork } from './linli/badNetwork'
import { BenchPhone } from './linli/phone'
import { startServer } from './linli/server'

/** What a bad network costs: bytes sent in all, against those that the same phones need on a network that loses nothing. */
const { values } = parseArgs({ options: {
  phones: { type: 'string', default: '10' }, ops: { type: 'string', default: '500' }, runs: { type: 'string', default: '3' },
  loss: { type: 'string', default: '0.3' }, trip: { type: 'string', default: '800' },
} })
const [phones, operations] = [Number(values.phones), Number(values.ops)]

/** Phones that were offline come back at once over such a network. */
async function comeBack(loss: number): Promise<{ network: BadNetwork; milliseconds: number }> {
  const server = await startServer()
  const invite = await server.invite(phones)
  const network = await badNetwork(server.origin, { loss, roundTrip: Number(values.trip) })
  // They join and scan with a good one.
  const gate = { origin: server.origin }
  const crowd = await Promise.all(Array.from({ length: phones }, (_, index) => BenchPhone.join(gate, invite, `phone ${index}`)))
  await Promise.all(crowd.map((phone) => phone.scan(operations)))
  gate.origin = network.origin
  const began = Date.now()
  const finished = await Promise.all(crowd.map((phone) => phone.sync(phones * operations)))
  for (const { device } of crowd) device.close()
  network.close()
  await server.stop()
  return { network, milliseconds: Math.max(...finished) - began }
}

await present('loss', async () => {
  const rows: (string | number)[][] = []
  const ratios: number[] = []
  for (let run = 0; run < Number(values.runs); run++) {
    const good = await comeBack(0)
    const bad = await comeBack(Number(values.loss))
    const total = ({ network: { up, down } }: typeof good) => up.sent + down.sent
    ratios.push(total(bad) / total(good))
    for (const [name, { network: { up, down }, milliseconds }] of [['nothing lost', good], [`${Number(values.loss) * 100} % lost`, bad]] as const) {
      rows.push([run + 1, name, up.requests, up.sent, down.sent, up.lost + down.lost, seconds(milliseconds)])
    }
  }
  return {
    title: 'what a bad network costs',
    tables: [
      { columns: ['run', 'network', 'requests', 'bytes up', 'bytes down', 'of them lost', 'took'], rows },
      { columns: ['bytes with loss / without, median', 'least', 'most'], rows: [[median(ratios), Math.min(...ratios), Math.max(...ratios)].map((ratio) => ratio.toFixed(2))] },
    ],
    notes: [
      `${phones} phones with ${operations} check-ins each come back at once over round trips of ${values.trip} ms; of ${Number(values.loss) * 100} % of the exchanges either the request or the answer is lost. Bodies as they travel, packed.`,
    ],
  }
})
