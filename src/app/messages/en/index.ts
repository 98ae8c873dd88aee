import type { Messages } from '../shape'
import type zh from '../zh-CN'
import booth from './booth'
import console from './console'
import join from './join'
import more from './more'
import programme from './programme'
import scan from './scan'
import shell from './shell'
import staff from './staff'
import sync from './sync'

/** English, area by area; the compiler asks for every message that Chinese has. */
export default { booth, console, join, more, programme, scan, shell, staff, sync } satisfies Messages<typeof zh>
