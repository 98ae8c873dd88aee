/**
 * The service worker: it keeps the whole app on the phone, answers every navigation from there, and holds a new build
 * back until the person asks for it. Tabs that are open then go on with the code they began with, so that is kept too,
 * until the next build is asked for.
 */
import { PrecacheController, PrecacheRoute, type PrecacheEntry } from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'
import { backgroundTag, formerBuild, sendWhatWaits } from './device/background'

/** Not in TypeScript's library: Background Sync is Chromium's alone so far. */
interface BackgroundSyncEvent extends ExtendableEvent {
  readonly tag: string
}
declare const self: ServiceWorkerGlobalScope & {
  __WB_MANIFEST: (PrecacheEntry | string)[]
  addEventListener(type: 'sync', listener: (event: BackgroundSyncEvent) => void): void
}

const build = new PrecacheController()
build.addToCacheList(self.__WB_MANIFEST)
self.addEventListener('install', (event) => { void build.install(event) })
registerRoute(new PrecacheRoute(build))
registerRoute(
  ({ sameOrigin, url }) => sameOrigin && url.pathname.startsWith('/assets/'),
  async ({ request }) => await caches.match(request) ?? fetch(request),
)

// Every screen is the one page. Whoever opens an address of the API is to see what the server says.
registerRoute(new NavigationRoute(build.createHandlerBoundToURL('index.html'), { denylist: [/^\/api\//] }))

// The very first page too gets its late chunks from here: the network may be gone before the second visit.
self.addEventListener('activate', (event) => {
  event.waitUntil(Promise.all([self.clients.claim(), keepFormerBuild()]))
})

/** Workbox would delete what the new build lacks: a scanner of an open tab could then no longer load its decoder. */
async function keepFormerBuild(): Promise<void> {
  await caches.delete(formerBuild)
  const former = await caches.open(formerBuild)
  const kept = await caches.open(build.strategy.cacheName)
  const current = new Set(build.getURLsToCacheKeys().values())
  for (const request of await kept.keys()) {
    const response = current.has(request.url) ? undefined : await kept.match(request)
    if (!response) continue
    await former.put(request, response)
    await kept.delete(request)
  }
}

// Background Sync: the browser calls when it believes in a network, also after the last page was closed.
self.addEventListener('sync', (event) => {
  if (event.tag === backgroundTag) event.waitUntil(sendWhatWaits())
})

// Sent by the page when the person has chosen to update, so never in the middle of a scan.
self.addEventListener('message', (event: ExtendableMessageEvent) => {
  const message = event.data as { type?: unknown } | null
  if (message?.type === 'SKIP_WAITING') void self.skipWaiting()
})
