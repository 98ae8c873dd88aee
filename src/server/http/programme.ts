import { Hono } from 'hono'
import { accepts } from 'hono/accepts'
import type { Services } from './context'

/** The programme for residents: no login, and an answer of a few bytes when nothing has changed. */
export function programmeRoutes({ published }: Services) {
  return new Hono().get('/', async (c) => {
    const { json, gzip, tag } = await published.current()
    const packed = accepts(c, { header: 'Accept-Encoding', supports: ['gzip', 'identity'], default: 'identity' }) === 'gzip'
    // Strong tags name bytes: the packed ones have their own.
    c.header('ETag', packed ? `"${tag}-gzip"` : `"${tag}"`)
    c.header('Cache-Control', 'no-cache')
    c.header('Vary', 'Accept-Encoding')
    if (isHeld(c.req.header('If-None-Match'), tag)) return c.body(null, 304)
    c.header('Content-Type', 'application/json')
    if (!packed) return c.body(json)
    c.header('Content-Encoding', 'gzip')
    return c.body(new Uint8Array(gzip))
  })
}

/** RFC 9110, 13.1.2: compared weakly, in either packing. */
function isHeld(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false
  return ifNoneMatch.split(',').map((entry) => entry.trim().replace(/^W\//, '')).some((entry) =>
    entry === '*' || entry === `"${tag}"` || entry === `"${tag}-gzip"`)
}
