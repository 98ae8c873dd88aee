import more from './more'
import programme from './programme'
import shell from './shell'

/** Chinese, area by area: an area is a file here, the same file in `en`, and a line in both indexes. */
export default { more, programme, shell }
