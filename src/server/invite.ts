import { parseArgs } from 'node:util'
import type { Role } from '../domain/role'
import { needsVenue, roles } from '../domain/role'
import { inviteLink, makeInvite } from './access/invites'
import { Complaint, runCommand } from './complaint'
import { openExisting } from './data'
import type { Log } from './log/log'
import { badOption, parse, readPlace, readPublicUrl } from './options'
import { Folded } from './reports/folded'

const usage = 'npm run invite -- ROLE [VENUE] [--uses 1] [--days 7] [--label TEXT] [--data ./data] [--database postgres://…] [--public-url https://…]'
const day = 24 * 60 * 60_000

/** `npm run invite`: writes an invite into the log of a server, running or not, and prints its link alone. */
await runCommand(async () => {
  const { values, positionals } = parse(() => parseArgs({
    args: process.argv.slice(2),
    allowPositionals: true,
    options: {
      uses: { type: 'string' }, days: { type: 'string' }, label: { type: 'string' }, data: { type: 'string' }, database: { type: 'string' },
      'public-url': { type: 'string' },
    },
  }), usage)
  const [roleName, venue, ...rest] = positionals
  if (rest.length > 0) throw badOption(`多出的内容 / unexpected: ${rest.join(' ')} — 用法 / usage: ${usage}`)
  const role = readRole(roleName)
  const uses = readCount('--uses', values.uses ?? '1', 1_000)
  const days = readCount('--days', values.days ?? '7', 366)
  const publicUrl = readPublicUrl(values['public-url'] ?? process.env.LINLI_PUBLIC_URL ?? process.env.PUBLIC_URL)

  const log = await openExisting(readPlace(values, process.env))
  try {
    await checkTopmost(log)
    await checkVenue(log, role, venue)
    const origin = publicUrl ?? await log.meta('origin') ?? ''
    const code = await makeInvite(log, { role, venue, label: values.label ?? '', uses, expires: Date.now() + days * day })
    console.log(inviteLink(origin, code))
  } finally {
    await log.close()
  }
})

function readRole(name: string | undefined): Role {
  const role = roles.find((known) => known === name)
  if (!role) throw badOption(`${name ? `没有角色 ${name}` : '缺少角色'},可选 / choose a role: ${roles.join(' ')}`)
  return role
}

function readCount(option: string, text: string, most: number): number {
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0
  if (count < 1 || count > most) throw badOption(`${option} ${text}: 应是 1 到 ${most} 的数 / expected a number from 1 to ${most}`)
  return count
}

async function checkTopmost(log: Log): Promise<void> {
  const upstream = await log.meta('upstream')
  if (upstream !== undefined) throw new Complaint(`这里是园区服务器的数据;邀请请在 ${upstream} 上做。 / These are a hub's data: make invites at ${upstream}.`)
}

async function checkVenue(log: Log, role: Role, venue: string | undefined): Promise<void> {
  if (!needsVenue(role)) {
    if (venue !== undefined) throw badOption(`${role} 不属于某个场地,请去掉 ${venue}。 / ${role} has no venue; leave ${venue} out.`)
    return
  }
  const plan = new Folded(log, (stream) => stream === 'programme' || stream === 'control')
  await plan.refresh()
  const { venues } = plan.programme()
  if (venues.some(({ id }) => id === venue)) return
  const communities = venues.filter(({ kind }) => kind === 'community')
  const choices = venues.filter(({ kind }) => kind !== 'community').map(({ id }) => id).join(' ')
  const more = communities.length > 0 ? `,以及 ${communities.length} 个社区 / and ${communities.length} communities: ${communities[0]?.id} …` : ''
  throw badOption(`${venue ? `没有场地 ${venue}` : `${role} 需要一个场地`},可选 / choose a venue: ${choices}${more}`)
}
