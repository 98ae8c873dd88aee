import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestProject } from 'vitest/node'
import { Cluster } from './cluster'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Address at which a test file asks for PostgreSQL. */
    postgres: string
  }
}

/**
 * One PostgreSQL for the whole run, from the first test file that asks for it to the end: that of LINLI_POSTGRES, or one of our own. Test files
 * are processes of their own, so they ask over HTTP: 200 with its URL, or 500 with one line that says why there is none.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let cluster: Promise<Cluster> | undefined
  const given = process.env.LINLI_POSTGRES
  // No power is lost in a test run, and every file waits for its database; a deadlock is made on purpose.
  const own = () => cluster ??= Cluster.create({ fsync: 'off', deadlock_timeout: '100ms' })
  const server = createServer((_, response) => {
    void (given === undefined ? own().then(({ url }) => url) : Promise.resolve(given)).then(
      (url) => response.end(url),
      (error: Error) => response.writeHead(500).end(error.message),
    )
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  project.provide('postgres', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  return async () => {
    server.close()
    await (await cluster?.catch(() => undefined))?.stop()
  }
}
