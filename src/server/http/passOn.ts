import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Hub } from '../hub/hub'

/**
 * What only the city's server can do is done there, as the same device: a hub sends the request on, with `json` in place of its body where
 * one is given, and answers what it was answered.
 * @throws Refusal `upstream-unreachable`
 */
export async function passOn(c: Context, hub: Hub, json?: string): Promise<Response> {
  const { pathname, search } = new URL(c.req.url)
  const authorization = c.req.header('Authorization')
  const { method } = c.req
  const { response, text } = await hub.upstream.send(pathname + search, {
    method,
    headers: { 'Content-Type': 'application/json', ...(authorization !== undefined && { Authorization: authorization }) },
    ...(method !== 'GET' && { body: json ?? await c.req.text() }),
  })
  c.header('Content-Type', response.headers.get('Content-Type') ?? 'application/json')
  return c.body(text, response.status as ContentfulStatusCode)
}
