import type { AddressInfo } from 'node:net'
import type { Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { createAdaptorServer } from '@hono/node-server'
import { Complaint } from './complaint'
import { codeOf } from './fault'
import { createApp } from './http/app'
import type { Services } from './http/context'

/** How often it is written down who was heard. */
const presenceInterval = 2_000
/** Longer than the minute for which a proxy keeps its connections: whoever closes first must not be us, or a request gets lost. */
const keepAlive = 65_000
/** What is still unanswered this long after the end began is cut off: a browser may hold a connection open for ever. */
const grace = 1_000

/** What HTTPS needs, as PEM: the certificate with its chain, and its private key. */
export interface Tls {
  cert: string
  key: string
}

export interface Listening {
  port: number
  /** Answers whoever waits, and stops listening. The log is left open. */
  close(): Promise<void>
}

/**
 * Serves over HTTP, or over HTTPS where there is a certificate.
 * @param port 0 for any that is free
 * @throws Complaint when the port can't be had
 */
export async function listen(services: Services, port: number, host: string | undefined, tls?: Tls): Promise<Listening> {
  const { fetch } = createApp(services)
  const server = (tls
    ? createAdaptorServer({ fetch, createServer: createSecureServer, serverOptions: { keepAliveTimeout: keepAlive, ...tls } })
    : createAdaptorServer({ fetch, serverOptions: { keepAliveTimeout: keepAlive } })) as Server
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  }).catch((error: unknown) => { throw complaintOf(error, port, host) })
  await services.hub?.start()
  const heartbeat = setInterval(() => void services.presence.flush().catch(console.error), presenceInterval)
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      clearInterval(heartbeat)
      await services.hub?.stop()
      services.notifier.close()
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeIdleConnections()
      const cut = setTimeout(() => server.closeAllConnections(), grace)
      await closed
      clearTimeout(cut)
      await services.presence.flush()
    },
  }
}

function complaintOf(error: unknown, port: number, host: string | undefined): unknown {
  const code = codeOf(error)
  if (code === 'EADDRINUSE') {
    return new Complaint(`端口 ${port} 已被占用,请用 --port 换一个。 / Port ${port} is in use; choose another with --port. (${code})`)
  }
  return code ? new Complaint(`不能监听 ${host ?? ''}:${port}。 / Can't listen on ${host ?? ''}:${port}. (${code})`) : error
}
