import type { AddressInfo, Socket } from 'node:net'
import { connect, createServer } from 'node:net'

/** One address for whichever PostgreSQL is the primary now, as a virtual address or a pooler is. */
export interface Gateway {
  url: string
  /** Every connection is cut, and from now on they lead to that one. */
  leadTo(url: string): void
  close(): void
}

export async function openGateway(first: string): Promise<Gateway> {
  let target = new URL(first)
  const open = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname)
    for (const [socket, other] of [[near, far], [far, near]] as const) {
      open.add(socket)
      socket.on('error', () => {}).on('close', () => {
        open.delete(socket)
        other.destroy()
      })
      socket.pipe(other)
    }
  })
  const cut = () => { for (const socket of open) socket.destroy() }
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const url = new URL(first)
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.href,
    leadTo(next) {
      target = new URL(next)
      cut()
    },
    close() {
      server.close()
      cut()
    },
  }
}
