import { networkInterfaces } from 'node:os'

export interface Announcement {
  version: string
  festival: string
  sample: boolean
  origin: string
  /** The same server as other machines in the network see it. */
  lan: string[]
  /** The city's server, where this is a hub. */
  upstream: string | undefined
  organiserLink: string | undefined
  /** How to make an invite for what this server keeps. */
  inviteCommand: string
  ticketFile: string | undefined
}

/** What a newcomer needs to know, in the order in which it is needed. */
export function announcement({ version, festival, sample, origin, lan, upstream, organiserLink, inviteCommand, ticketFile }: Announcement): string {
  const lines: [string, string][] = [
    ['打开  open', origin],
    ...lan.map((address): [string, string] => ['同一网络  in this network', `${address}  (手机上加入和扫码需要 HTTPS / phones need HTTPS to join and scan: docs/deploy.md)`]),
  ]
  if (upstream) lines.push(['园区服务器,转给  a hub of', `${upstream}  (邀请在那里做 / invites are made there: docs/hub.md)`])
  if (organiserLink) lines.push(['组织者加入  organiser joins', organiserLink], ['邀请志愿者  invite a volunteer', inviteCommand])
  if (ticketFile) lines.push(['样例签到码  sample tickets', `${origin}/console/tickets  (组织者加入后 / once the organiser has joined)`], ['', ticketFile])
  lines.push(['停止  stop', 'Ctrl-C'])
  const title = `邻里 Linli ${version} · ${festival}${sample ? ' · 样例,不是真实记录 / a sample, not a record' : ''}`
  return ['', title, '', ...lines.map(([label, value]) => label ? `  ${label}\n      ${value}` : `      ${value}`), ''].join('\n')
}

/** Addresses of this machine in its networks; only IPv4, which is what people can type. */
export function lanOrigins(scheme: 'http' | 'https', port: number): string[] {
  return Object.values(networkInterfaces()).flat()
    .filter((address) => address !== undefined && address.family === 'IPv4' && !address.internal)
    .map((address) => `${scheme}://${address?.address}:${port}`)
}
