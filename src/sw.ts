/**
 * The service worker: it keeps the whole app on the phone, answers every navigation from there, and holds a new build
 * back until the person asks for it.
 */
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute, type PrecacheEntry } from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'
import { backgroundTag, sendWhatWaits } from './device/background'

/** Not in TypeScript's library: Background Sync is Chromium's alone so far. */
interface BackgroundSyncEvent extends ExtendableEvent {
  readonly tag: string
}
declare const self: ServiceWorkerGlobalScope & {
  __WB_MANIFEST: (PrecacheEntry | string)[]
  addEventListener(type: 'sync', listener: (event: BackgroundSyncEvent) => void): void
}

precacheAndRoute(self.__WB_MANIFEST)
cleanupOutdatedCaches()

// Every screen is the one page. Whoever opens an address of the API is to see what the server says.
registerRoute(new NavigationRoute(createHandlerBoundToURL('index.html'), { denylist: [/^\/api\//] }))

// The very first page too gets its late chunks from here: the network may be gone before the second visit.
self.addEventListener('activate', (event) => {
  event.waitUntil(self.clients.claim())
})

// Background Sync: the browser calls when it believes in a network, also after the last page was closed.
self.addEventListener('sync', (event) => {
  if (event.tag === backgroundTag) event.waitUntil(sendWhatWaits())
})

// Sent by the page when the person has chosen to update, so never in the middle of a scan.
self.addEventListener('message', (event: ExtendableMessageEvent) => {
  const message = event.data as { type?: unknown } | null
  if (message?.type === 'SKIP_WAITING') void self.skipWaiting()
})
