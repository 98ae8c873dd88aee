import booth from './booth'
import console from './console'
import join from './join'
import more from './more'
import programme from './programme'
import scan from './scan'
import shell from './shell'
import staff from './staff'
import sync from './sync'

/** Chinese, area by area: an area is a file here, the same file in `en`, and a line in both indexes. */
export default { booth, console, join, more, programme, scan, shell, staff, sync }
