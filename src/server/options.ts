import { parseArgs } from 'node:util'
import { Complaint } from './complaint'
import type { Place } from './data'

export interface ServerOptions extends Place {
  port: number
  /** Undefined: every address of this machine, so that phones in the same network reach it. */
  host: string | undefined
  publicUrl: string | undefined
  /** Further addresses at which people open the same festival's app. */
  origins: string[]
  newEpoch: boolean
  /** The city's server, for a hub; a directory that was a hub's once remembers it. */
  upstream: string | undefined
  /** For a hub's first start. */
  invite: string | undefined
  /** Files in PEM. */
  tls: { cert: string; key: string } | undefined
}

export const defaultPort = 8787
export const defaultData = './data'

const usage = `npm start -- [--port ${defaultPort}] [--host ADDRESS] [--data ${defaultData}] [--database postgres://…] [--public-url https://…]`
  + ' [--tls-cert FILE --tls-key FILE] [--allow-origin https://…] [--upstream https://… --invite CODE] [--new-epoch]'

/**
 * Reads what was typed, then the environment (`LINLI_PORT` before `PORT`, and so on).
 * @throws Complaint with exit code 2
 */
export function readServerOptions(args: string[], env: NodeJS.ProcessEnv): ServerOptions {
  const { values } = parse(() => parseArgs({
    args,
    options: {
      port: { type: 'string' }, host: { type: 'string' }, data: { type: 'string' }, database: { type: 'string' },
      'public-url': { type: 'string' }, 'new-epoch': { type: 'boolean' }, 'allow-origin': { type: 'string', multiple: true },
      upstream: { type: 'string' }, invite: { type: 'string' }, 'tls-cert': { type: 'string' }, 'tls-key': { type: 'string' },
    },
  }), usage)
  return {
    port: readPort(values.port ?? env.LINLI_PORT ?? env.PORT),
    host: values.host ?? env.LINLI_HOST ?? env.HOST,
    ...readPlace(values, env),
    publicUrl: readPublicUrl(values['public-url'] ?? env.LINLI_PUBLIC_URL ?? env.PUBLIC_URL),
    origins: (values['allow-origin'] ?? env.LINLI_ALLOW_ORIGIN?.split(/[\s,]+/).filter(Boolean) ?? []).map((text) => readOrigin('--allow-origin', text)),
    newEpoch: values['new-epoch'] ?? false,
    ...readUpstream(values.upstream ?? env.LINLI_UPSTREAM, values.invite ?? env.LINLI_INVITE),
    tls: readTls(values['tls-cert'] ?? env.LINLI_TLS_CERT, values['tls-key'] ?? env.LINLI_TLS_KEY),
  }
}

/** An invite may be given as its link, as people pass it on. */
function readUpstream(upstream: string | undefined, invite: string | undefined): Pick<ServerOptions, 'upstream' | 'invite'> {
  if (upstream === undefined && invite !== undefined) throw badOption('--invite: 只和 --upstream 一起用 / goes with --upstream only')
  return { upstream: upstream === undefined ? undefined : readOrigin('--upstream', upstream), invite: invite?.split('#').at(-1) }
}

function readTls(cert: string | undefined, key: string | undefined): ServerOptions['tls'] {
  if (cert === undefined && key === undefined) return undefined
  if (cert === undefined || key === undefined) throw badOption('--tls-cert, --tls-key: 两个要一起给 / one needs the other')
  return { cert, key }
}

export function readPlace(typed: Partial<Place>, env: NodeJS.ProcessEnv): Place {
  const database = typed.database ?? env.LINLI_DATABASE
  // It may have a password in it, so it is not quoted.
  if (database !== undefined && !(/^postgres(ql)?:/.test(database) && URL.canParse(database))) {
    throw badOption('--database: 应是 postgres:// 开头的地址 / expected an address such as postgres://linli@localhost/linli')
  }
  return { data: typed.data ?? env.LINLI_DATA ?? env.DATA ?? defaultData, database }
}

/** Only the origin: the app lives at the root of its address. */
export function readPublicUrl(text: string | undefined): string | undefined {
  return text === undefined ? undefined : readOrigin('--public-url', text)
}

function readOrigin(option: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) throw badOption(`${option} ${text}: 应是 https:// 开头的网址 / expected an address such as https://linli.example.cn`)
  return url.origin
}

/** `parseArgs` complains in several lines; the first says what is wrong. */
export function parse<T>(read: () => T, help: string): T {
  try {
    return read()
  } catch (error) {
    const [what = ''] = error instanceof Error ? error.message.split(/[.\n]/) : []
    throw badOption(`${what} — 用法 / usage: ${help}`)
  }
}

export function badOption(message: string): Complaint {
  return new Complaint(message, 2)
}

function readPort(text: string | undefined): number {
  if (text === undefined) return defaultPort
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN
  if (!(port <= 65_535)) throw badOption(`--port ${text}: 应是 0 到 65535 的数 / expected a number from 0 to 65535`)
  return port
}
