import type { Role } from '../../domain/role'
import type { Log } from '../log/log'
import { hashOf, makeInviteCode } from './secrets'

export interface NewInvite {
  role: Role
  venue?: string
  label: string
  uses: number
  /** In milliseconds. */
  expires: number
}

/** Makes an invite and returns its code; only the code's hash is kept. */
export async function makeInvite(log: Log, { role, venue, label, uses, expires }: NewInvite): Promise<string> {
  const code = makeInviteCode()
  await log.write((transaction) =>
    transaction.addInvite({ codeHash: hashOf(code), role, venue: venue ?? null, label, uses, used: 0, expires }))
  return code
}

/** The code stands behind `#`, so that no server on the way ever sees it. */
export function inviteLink(origin: string, code: string): string {
  return `${origin}/join#${code}`
}
