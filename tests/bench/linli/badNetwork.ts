import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { buffer } from 'node:stream/consumers'

/** Bytes of bodies, as they travelled. */
export interface Traffic {
  /** Everything that was sent, whether it arrived or not. */
  sent: number
  /** Of it, what arrived and was believed to be answered. */
  requests: number
  lost: number
}

export interface BadNetwork {
  origin: string
  up: Traffic
  down: Traffic
  close(): void
}

/**
 * Stands between phones and server: every request takes half of `roundTrip` milliseconds each way, and of all requests the share `loss` gets
 * lost: half of them on their way up, half of them as the answer on its way down. Whoever waits for what was lost hears nothing.
 */
export async function badNetwork(server: string, { loss, roundTrip }: { loss: number; roundTrip: number }): Promise<BadNetwork> {
  const up: Traffic = { sent: 0, requests: 0, lost: 0 }
  const down: Traffic = { sent: 0, requests: 0, lost: 0 }
  const proxy = createServer((incoming, outgoing) => { carry(incoming, outgoing).catch(() => outgoing.destroy()) })

  async function carry(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await buffer(incoming)
    if (await isLost(up, body.length)) return void incoming.socket.destroy()
    const { headers, status, bytes } = await ask(server, incoming, body)
    if (await isLost(down, bytes.length)) return void incoming.socket.destroy()
    outgoing.writeHead(status, headers).end(bytes)
  }

  async function isLost(way: Traffic, bytes: number): Promise<boolean> {
    way.sent += bytes
    way.requests++
    await pause(roundTrip / 2)
    const lost = Math.random() < loss / 2
    if (lost) way.lost += bytes
    return lost
  }

  await new Promise<void>((resolve) => { proxy.listen(0, '127.0.0.1', resolve) })
  return {
    origin: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    up,
    down,
    close() {
      proxy.close()
      proxy.closeAllConnections()
    },
  }
}

async function ask(server: string, incoming: IncomingMessage, body: Buffer) {
  const { method, url = '/', headers } = incoming
  const { promise, resolve, reject } = withResolvers<IncomingMessage>()
  httpRequest(`${server}${url}`, { method, headers: { ...headers, host: new URL(server).host } }, resolve).on('error', reject).end(body)
  const response = await promise
  return { headers: response.headers, status: response.statusCode ?? 502, bytes: await buffer(response) }
}

/** Node 20 has no `Promise.withResolvers`. */
function withResolvers<T>() {
  let resolve: (value: T) => void = () => {}
  let reject: (error: Error) => void = () => {}
  const promise = new Promise<T>((yes, no) => { [resolve, reject] = [yes, no] })
  return { promise, resolve, reject }
}
