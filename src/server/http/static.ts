import { join } from 'node:path'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import { etag } from 'hono/etag'
import { getMimeType } from 'hono/utils/mime'

/** Files under /assets carry a hash of their content in their name; everything else may be another one tomorrow. */
const hashed = /^\/assets\//

/** Serves the built app: its files, and its page at every address that is not a file. */
export function appRoutes(folder: string) {
  return new Hono()
    // A browser asks for the service worker at every visit; unless it is another one, that costs no more than the asking.
    .use(etag())
    .use(async (c, next) => {
      await next()
      c.header('Cache-Control', hashed.test(c.req.path) && c.res.ok ? 'public, max-age=31536000, immutable' : 'no-cache')
    })
    .use(serveStatic({ root: folder }))
    .get('*', async (c, next) => {
      // A missing file must not be answered with the page: an old tab would take it for its script.
      if (hashed.test(c.req.path) || getMimeType(c.req.path)) return c.notFound()
      return serveStatic({ path: join(folder, 'index.html') })(c, next)
    })
}
