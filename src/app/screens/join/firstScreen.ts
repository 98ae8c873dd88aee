import type { Role } from '../../../domain/role'

/** Where each role's work begins: names of routes. */
export const firstScreenOf = {
  volunteer: 'scan',
  host: 'booth',
  visitor: 'booth',
  lead: 'console',
  organiser: 'console',
} as const satisfies Record<Role, string>
