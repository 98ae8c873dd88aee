import type { Messages } from '../shape'
import type zh from '../zh-CN'
import more from './more'
import shell from './shell'

/** English, area by area; the compiler asks for every message that Chinese has. */
export default { more, shell } satisfies Messages<typeof zh>
