import type { Messages } from '../shape'
import type zh from '../zh-CN'
import more from './more'
import programme from './programme'
import shell from './shell'

/** English, area by area; the compiler asks for every message that Chinese has. */
export default { more, programme, shell } satisfies Messages<typeof zh>
