/** `npm run invite -- volunteer v-main`: builds what is needed, then prints the invite's link, alone, on stdout. */
import { build } from './build.mjs'

await build()
await import(new URL('../dist/server/invite.js', import.meta.url).href)
