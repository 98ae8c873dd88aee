import { parseArgs } from 'node:util'
import { Complaint } from './complaint'
import type { Place } from './data'

export interface ServerOptions extends Place {
  port: number
  /** Undefined: every address of this machine, so that phones in the same network reach it. */
  host: string | undefined
  publicUrl: string | undefined
  newEpoch: boolean
}

export const defaultPort = 8787
export const defaultData = './data'

const usage = `npm start -- [--port ${defaultPort}] [--host ADDRESS] [--data ${defaultData}] [--database postgres://…] [--public-url https://…] [--new-epoch]`

/**
 * Reads what was typed, then the environment (`LINLI_PORT` before `PORT`, and so on).
 * @throws Complaint with exit code 2
 */
export function readServerOptions(args: string[], env: NodeJS.ProcessEnv): ServerOptions {
  const { values } = parse(() => parseArgs({
    args,
    options: {
      port: { type: 'string' }, host: { type: 'string' }, data: { type: 'string' }, database: { type: 'string' },
      'public-url': { type: 'string' }, 'new-epoch': { type: 'boolean' },
    },
  }), usage)
  return {
    port: readPort(values.port ?? env.LINLI_PORT ?? env.PORT),
    host: values.host ?? env.LINLI_HOST ?? env.HOST,
    ...readPlace(values, env),
    publicUrl: readPublicUrl(values['public-url'] ?? env.LINLI_PUBLIC_URL ?? env.PUBLIC_URL),
    newEpoch: values['new-epoch'] ?? false,
  }
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
  if (text === undefined) return undefined
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) throw badOption(`--public-url ${text}: 应是 https:// 开头的网址 / expected an address such as https://linli.example.cn`)
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
