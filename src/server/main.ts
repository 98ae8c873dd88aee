import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { attendeeOf } from '../domain/attendees'
import { inviteLink, makeInvite } from './access/invites'
import { announcement, lanOrigins } from './announce'
import { begin } from './begin'
import { runCommand } from './complaint'
import { openData } from './data'
import { printedTicket, ticketSheet } from './festival/ticketSheet'
import type { Services } from './http/context'
import { listen } from './listen'
import type { ServerOptions } from './options'
import { defaultData, readServerOptions } from './options'
import { servicesOf } from './services'
import { readTls } from './tls'

/** The invite printed at each start: enough phones for an office, for as long as a festival is prepared. */
const organiserUses = 20
const organiserDays = 30
const day = 24 * 60 * 60_000

/** `npm start`: opens the data, sets the sample up where there is nothing, serves, and says where. */
await runCommand(async () => {
  const options = readServerOptions(process.argv.slice(2), process.env)
  const data = await openData(options)
  try {
    await serve(options, data.log)
  } finally {
    await data.close()
  }
})

async function serve(options: ServerOptions, log: Services['log']): Promise<void> {
  const now = Date.now
  const tls = options.tls && readTls(options.tls)
  await begin(log, options, now())
  const app = fileURLToPath(new URL('../app', import.meta.url))
  const services = await servicesOf(log, { publicUrl: options.publicUrl, origins: options.origins, app: existsSync(app) ? app : undefined, now })

  const listening = await listen(services, options.port, options.host, tls)
  const stopped = stopSignal()
  const scheme = tls ? 'https' : 'http'
  const origin = options.publicUrl ?? `${scheme}://${nameOf(options.host)}:${listening.port}`
  await log.write((transaction) => transaction.setMeta('origin', origin))
  const { hub } = services
  // A hub's invites are the city's.
  const code = hub ? undefined : await makeInvite(log, { role: 'organiser', label: '', uses: organiserUses, expires: now() + organiserDays * day })

  await services.plan.refresh()
  const { festival } = services.plan.programme()
  const ticketFile = festival?.sample && !hub ? join(options.data, 'sample-tickets.csv') : undefined
  if (ticketFile) await writeTicketSheet(services, ticketFile)
  console.log(announcement({
    version: services.version,
    festival: festival?.name.zh ?? '',
    sample: festival?.sample ?? false,
    origin,
    lan: isEverywhere(options.host) ? lanOrigins(scheme, listening.port) : [],
    upstream: hub?.upstream.origin,
    organiserLink: code && inviteLink(origin, code),
    inviteCommand: inviteCommand(options),
    ticketFile,
  }))

  await stopped
  await listening.close()
}

/** With the options that lead it to the same data; a database's address may have a password in it, so it is left for the reader to fill in. */
function inviteCommand({ data, database }: ServerOptions): string {
  const place = database ? ' --database postgres://…' : data === defaultData ? '' : ` --data '${data}'`
  return `npm run invite -- volunteer v-main${place}`
}

/** How this machine is called in an address. */
function nameOf(host: string | undefined): string {
  if (isEverywhere(host)) return 'localhost'
  return host?.includes(':') ? `[${host}]` : host ?? ''
}

function isEverywhere(host: string | undefined): boolean {
  return host === undefined || host === '' || host === '0.0.0.0' || host === '::'
}

async function writeTicketSheet({ log, record }: Services, file: string): Promise<void> {
  if (existsSync(file)) return
  await record.refresh()
  const tickets = await log.tickets(0, 1_000)
  writeFileSync(file, ticketSheet(tickets.map((ticket) => printedTicket(ticket, attendeeOf(record.state, ticket.id)?.alias))), { mode: 0o600 })
}

/** Ctrl-C, or whoever manages the process; a second one ends it at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
}
