import { computed, ref } from 'vue'
import type { Router } from 'vue-router'
import { Workbox } from 'workbox-window'
import { appStored, followStoring } from './appStored'
import { isBusy, nobodyBusy } from './busy'

/*
 * A new version is offered, never forced.
 *
 *              new version waiting   person taps 现在更新            another tab applied it     a chunk is missing
 *   current    → ready               -                               → behind                   load the wanted page anew, once,
 *                                                                                               if the server answers
 *   ready      -                     nobody busy: → this tab         → behind                   the same
 *                                    reloads; else say who waits
 *   behind     -                     -                               -                          the same
 *
 * `ready` shows a strip, unless this tab is busy. `behind` goes on as it is and loads the new version with the next
 * page a person opens. Nothing at all happens to a tab while it is busy.
 */
type Version = 'current' | 'ready' | 'behind'

const version = ref<Version>('current')
/** The strip was tapped, and another tab was busy. */
export const busyElsewhere = ref(false)
/** The path that could not be opened because its code is neither here nor to be had. */
export const unreachable = ref<string>()
/** Whether the strip is to be shown. */
export const updateOffered = computed(() => version.value === 'ready' && !isBusy.value)

const hour = 3_600_000
/** A missing chunk reloads at most so often: were it still missing, the page would reload for ever. */
const reloadPause = 60_000

let worker: Workbox | undefined
let applying = false

/** Makes the waiting version this phone's, unless another tab is busy. */
export async function applyUpdate(): Promise<void> {
  busyElsewhere.value = !(await nobodyBusy())
  if (busyElsewhere.value) return
  applying = true
  worker?.messageSkipWaiting()
}

/** Registers the service worker and looks after new versions from now on. */
export function watchForUpdates(): void {
  if (!('serviceWorker' in navigator)) {
    appStored.value = false
    return
  }
  worker = new Workbox('/sw.js')
  worker.addEventListener('waiting', () => { version.value = 'ready' })
  worker.addEventListener('controlling', (event) => {
    // It may come minutes after the tap, when the former service worker was still sending.
    if (applying && !isBusy.value) location.reload()
    else if (applying || event.isUpdate || event.isExternal) version.value = 'behind'
  })
  // Refused in some private windows: the app works there too, only not without a network.
  void followStoring(worker.register())
  // A shift is one long visit: without asking, its tab would hear of nothing. Offline the asking fails, and may.
  setInterval(() => worker?.update().catch(() => undefined), hour)
}

/** Opens pages afresh when this tab's version is gone, and says so when one can't be had. */
export function keepReachable(router: Router): void {
  let wanted = location.href
  router.beforeEach((to, from) => {
    wanted = router.resolve(to).href
    unreachable.value = undefined
    if (version.value !== 'behind' || isBusy.value || to.path === from.path) return true
    location.assign(wanted)
    return false
  })
  router.afterEach(() => { wanted = location.href })
  let missing: unknown
  router.onError((error, to) => { if (error === missing) unreachable.value = to.fullPath })
  addEventListener('vite:preloadError', (event) => {
    missing = event.payload
    void fetchAfresh(() => wanted)
  })
}

/**
 * Opens the unreachable page once more. Many browsers remember that a module could not be had and never ask for it again, so this may load
 * the page anew however lately that was done: a person does not tap for ever.
 */
export function tryAgain(router: Router): void {
  sessionStorage.removeItem('linli-reloaded')
  if (unreachable.value !== undefined) void router.push(unreachable.value)
}

/** Loads the wanted page anew: a server that answers has the build that took this one's place. */
async function fetchAfresh(wanted: () => string): Promise<void> {
  const page = wanted()
  const last = Number(sessionStorage.getItem('linli-reloaded'))
  if (Date.now() - last < reloadPause || !(await serverAnswers()) || isBusy.value || wanted() !== page) return
  sessionStorage.setItem('linli-reloaded', String(Date.now()))
  if (new URL(page, location.href).href === location.href) location.reload()
  else location.assign(page)
}

/** Without a network, what is open here is better than the browser's own page. */
function serverAnswers(): Promise<boolean> {
  return fetch('/', { method: 'HEAD', cache: 'no-store' }).then(({ ok }) => ok, () => false)
}
