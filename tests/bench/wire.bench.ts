import { parseArgs, promisify } from 'node:util'
import { request as httpRequest } from 'node:http'
import { gunzip } from 'node:zlib'
import { buffer } from 'node:stream/consumers'
import type { IncomingMessage } from 'node:http'
import { once } from 'node:events'
import { Phone } from '../server/phone'
import { present } from './figures'
import type { Body } from './linli/bodies'
import { bodiesOf, bodyOf, headersOf } from './linli/bodies'
import { scan } from './linli/scans'
import { floor, startServer } from './linli/server'

/** Bytes that one check-in costs on the wire, on its way up from the phone that wrote it and down to each of the others. */
const { values } = parseArgs({ options: { phones: { type: 'string', default: '20' }, ops: { type: 'string', default: '500' } } })
const [phones, operations] = [Number(values.phones), Number(values.ops)]

/** The body of an answer as it came, which `fetch` would have unpacked. */
async function ask(phone: Phone, body: Body): Promise<Buffer> {
  const request = httpRequest(`${phone.origin}/api/sync`, {
    method: 'POST',
    headers: { ...headersOf(phone, body), 'Accept-Encoding': 'gzip' },
  })
  request.end(body.bytes)
  const [response] = await once(request, 'response') as [IncomingMessage]
  return buffer(response)
}

/** Bytes an operation, packed and not, of answers with everything that a phone lacks. */
async function down(reader: Phone): Promise<{ packed: number; plain: number }> {
  let [packed, plain, cursor] = [0, 0, 0]
  for (;;) {
    const answer = await ask(reader, await bodyOf({ v: 1, epoch: null, cursors: { [floor]: cursor } }, 0))
    const json = answer[0] === 0x1f ? await promisify(gunzip)(answer) : answer
    const { streams, more } = JSON.parse(json.toString()) as { streams: Record<string, { ops: unknown[] }>; more: boolean }
    packed += answer.length
    plain += json.length
    cursor += streams[floor]?.ops.length ?? 0
    if (!more) return { packed: packed / cursor, plain: plain / cursor }
  }
}

/** @param atOnce operations in one request: all that a phone has at the end of a shift, or the few since a moment ago */
async function measure(atOnce: number): Promise<(string | number)[]> {
  const server = await startServer()
  try {
    const invite = await server.invite(phones + 1)
    const crowd = await Promise.all(Array.from({ length: phones }, (_, index) => Phone.join(server.origin, invite, `phone ${index}`)))
    const reader = await Phone.join(server.origin, invite, 'reader')
    let [packed, plain] = [0, 0]
    for (let written = 0; written < operations; written += atOnce) {
      for (const phone of crowd) {
        scan(phone, atOnce)
        for (const body of await bodiesOf(phone, written + 1)) {
          packed += body.bytes.length
          plain += body.length
          await ask(phone, body)
        }
      }
    }
    const all = phones * operations
    const answers = await down(reader)
    return [atOnce, ...[packed / all, plain / all, answers.packed, answers.plain].map((bytes) => bytes.toFixed(1))]
  } finally {
    await server.stop()
  }
}

await present('wire', async () => ({
  title: 'bytes a check-in',
  tables: [{
    columns: ['check-ins in one request', 'up, gzip', 'up, plain', 'down, gzip', 'down, plain'],
    rows: [await measure(operations), await measure(Math.round(operations / 10)), await measure(1)],
  }],
  notes: [
    `${phones} phones, ${operations} check-ins each, every ticket another one, a scan in about six seconds, five booths; down is what one more phone is sent, which has nothing. Bodies alone, without HTTP's headers; up with the signature and the names of streams.`,
    'What is in one, down: the writer\'s id, its number, the time, the kind, and the body with way, booth and ticket. After gzip the names cost next to nothing; a ticket\'s 40 random bits stand as eight letters and cost five to six bytes, the time (sixteen digits, of which three to four are news) and the number two to three each, where the text differs a length and a distance.',
    '12 bytes would take a form of its own in place of JSON: the ticket as its 5 bytes, the time as a varint of milliseconds since the one before (2 to 3), the number left out while it counts up, writer, booth, kind and way as one index (1 to 2) into a table at the head; about 9 to 10 and the table. Nothing else would be gained: an answer of 2,000 check-ins is 40 KB as it is. So JSON stays, which other programs can read.',
  ],
}))
