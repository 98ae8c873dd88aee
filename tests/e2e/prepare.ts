import { build } from '../../scripts/build.mjs'
import { ensureChineseFont } from '../../scripts/chromium.mjs'

/** Before the first test: the app and server as their sources now are, and letters to draw them with. */
export default async function prepare(): Promise<void> {
  ensureChineseFont()
  await build()
}
