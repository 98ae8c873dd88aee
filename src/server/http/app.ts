import { Hono } from 'hono'
import { compress } from 'hono/compress'
import { cors } from 'hono/cors'
import { secureHeaders } from 'hono/secure-headers'
import { Refusal } from '../refusal'
import type { Services } from './context'
import { deviceRoutes } from './devices'
import { hubRoutes } from './hub'
import { inviteRoutes } from './invites'
import { joinRoutes } from './join'
import { answerProblem, refusalOf } from './problem'
import { programmeRoutes } from './programme'
import { reportRoutes } from './reports'
import { snapshotRoutes } from './snapshot'
import { appRoutes } from './static'
import { syncRoutes } from './sync'
import { ticketRoutes } from './tickets'

/** @param origins where else this festival's app may ask */
const headers = (origins: readonly string[]) => secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: [`'self'`],
    scriptSrc: [`'self'`, `'wasm-unsafe-eval'`],
    workerSrc: [`'self'`, 'blob:'],
    imgSrc: [`'self'`, 'data:', 'blob:'],
    mediaSrc: [`'self'`, 'blob:'],
    styleSrc: [`'self'`, `'unsafe-inline'`],
    connectSrc: [`'self'`, ...origins],
    baseUri: [`'self'`],
    formAction: [`'self'`],
    frameAncestors: [`'none'`],
  },
  permissionsPolicy: { camera: ['self'] },
  referrerPolicy: 'no-referrer',
  xFrameOptions: 'DENY',
  // Whether this name will always have HTTPS is for whoever runs the proxy in front to promise.
  strictTransportSecurity: false,
})

/** All addresses of the server. */
export function createApp(services: Services): Hono {
  const { log, version, origins, app } = services
  const api = new Hono()
    // Tokens travel in a header of the app's own making: there is nothing that a foreign page could use behind somebody's back.
    .use(cors({ origin: [...origins], allowHeaders: ['Authorization', 'Content-Type', 'Content-Encoding', 'If-None-Match'], exposeHeaders: ['ETag', 'Retry-After'], maxAge: 86_400 }))
    .use(async (c, next) => {
      await next()
      if (!c.res.headers.has('Cache-Control')) c.header('Cache-Control', 'no-store')
    })
    .get('/health', (c) => c.json({ ok: true, version, engine: log.engine, epoch: services.epoch }))
    .route('/sync', syncRoutes(services))
    .route('/snapshot', snapshotRoutes(services))
    .route('/join', joinRoutes(services))
    .route('/invites', inviteRoutes(services))
    .route('/devices', deviceRoutes(services))
    .route('/tickets', ticketRoutes(services))
    .route('/hub', hubRoutes(services))
    .route('/programme', programmeRoutes(services))
    .route('/reports', reportRoutes(services))
    .all('*', (c) => { throw new Refusal('not-found', `${c.req.method} ${c.req.path}: no such address`) })

  const all = new Hono().use(headers(origins)).use(compress()).route('/api', api)
  if (app !== undefined) all.route('/', appRoutes(app))
  all.notFound((c) => answerProblem(c, new Refusal('not-found', `${c.req.path}: no such address`)))
  all.onError((error, c) => answerProblem(c, refusalOf(error)))
  return all
}
