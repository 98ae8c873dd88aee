// @vitest-environment jsdom
import { effectScope, ref } from 'vue'
import { beforeEach, describe, expect, test, vi } from 'vitest'

/** The service worker as the page knows it: what it was told, and how it tells. */
const worker = vi.hoisted(() => ({
  listeners: new Map<string, (event: object) => void>(),
  skipWaiting: vi.fn(),
  tell(event: string, details: object = {}) { this.listeners.get(event)?.(details) },
}))
vi.mock('workbox-window', () => ({
  Workbox: class {
    addEventListener = (name: string, listener: (event: object) => void) => worker.listeners.set(name, listener)
    messageSkipWaiting = worker.skipWaiting
    register = () => Promise.resolve()
    update = () => Promise.resolve()
  },
}))

/** Web Locks of one phone: shared ones live together, an exclusive one only alone. */
class Locks {
  held = 0
  async request(_name: string, options: LockOptions, work: (lock: object | null) => unknown): Promise<unknown> {
    if (options.mode !== 'shared') return work(this.held === 0 ? {} : null)
    this.held += 1
    await work({})
    this.held -= 1
    return undefined
  }
}

let locks: Locks
const reload = vi.fn()

async function open() {
  vi.resetModules()
  const update = await import('../../src/app/update')
  const { useBusy } = await import('../../src/app/busy')
  update.watchForUpdates()
  return { ...update, useBusy }
}

beforeEach(() => {
  locks = new Locks()
  vi.stubGlobal('navigator', { serviceWorker: {}, locks })
  vi.stubGlobal('location', { reload, href: 'https://linli.test/' })
  vi.clearAllMocks()
})

test('a waiting version is offered; only a tap makes it this phone\'s', async () => {
  const page = await open()
  expect(page.updateOffered.value).toBe(false)
  worker.tell('waiting')
  expect(page.updateOffered.value).toBe(true)
  expect(worker.skipWaiting).not.toHaveBeenCalled()
  await page.applyUpdate()
  expect(worker.skipWaiting).toHaveBeenCalledOnce()
  worker.tell('controlling', { isUpdate: true })
  expect(reload).toHaveBeenCalledOnce()
})

test('the first service worker of all is no update', async () => {
  const page = await open()
  worker.tell('controlling', {})
  expect(page.updateOffered.value).toBe(false)
  expect(reload).not.toHaveBeenCalled()
})

describe('while somebody scans', () => {
  test('this tab is not even asked', async () => {
    const page = await open()
    const scanning = ref(true)
    const screen = effectScope()
    screen.run(() => page.useBusy(scanning))
    worker.tell('waiting')
    expect(page.updateOffered.value).toBe(false)
    await page.applyUpdate()
    expect(worker.skipWaiting).not.toHaveBeenCalled()
    screen.stop()
    expect(page.updateOffered.value).toBe(true)
  })

  test('a tap that comes true late no longer reloads it', async () => {
    const page = await open()
    worker.tell('waiting')
    await page.applyUpdate()
    const screen = effectScope()
    screen.run(() => page.useBusy(ref(true)))
    worker.tell('controlling', { isUpdate: true })
    expect(reload).not.toHaveBeenCalled()
    screen.stop()
  })

  test('another tab is told to wait', async () => {
    const page = await open()
    worker.tell('waiting')
    locks.held = 1
    await page.applyUpdate()
    expect(page.busyElsewhere.value).toBe(true)
    expect(worker.skipWaiting).not.toHaveBeenCalled()
    locks.held = 0
    await page.applyUpdate()
    expect(page.busyElsewhere.value).toBe(false)
    expect(worker.skipWaiting).toHaveBeenCalledOnce()
  })
})

test('an update applied by another tab never reloads this one', async () => {
  const page = await open()
  worker.tell('waiting')
  worker.tell('controlling', { isUpdate: true })
  expect(reload).not.toHaveBeenCalled()
  expect(page.updateOffered.value).toBe(false)
})
