// @vitest-environment jsdom
import { createPinia, disposePinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { useProgramme } from '../../../src/app/stores/programme'
import { fetchProgramme, readProgramme } from '../../../src/device/resident'
import type { Festival } from '../../../src/domain/entities'
import type { Programme } from '../../../src/domain/programme'

vi.mock('../../../src/device/resident')
const read = vi.mocked(readProgramme)
const fetched = vi.mocked(fetchProgramme)

const programme = (zh: string): Programme => ({
  festival: { id: 'f', name: { zh }, timeZone: 'Asia/Shanghai' } as Festival,
  venues: [], zones: [], booths: [], activities: [], services: [], links: [], notices: [], hosts: [],
})
const nameShown = () => useProgramme().festival?.name.zh

beforeEach(() => {
  const pinia = createPinia()
  setActivePinia(pinia)
  vi.useFakeTimers()
  read.mockReset()
  fetched.mockReset()
  return () => {
    disposePinia(pinia)
    vi.useRealTimers()
  }
})

describe('the programme', () => {
  test('on this phone is shown at once, and replaced by what the server has', async () => {
    read.mockResolvedValue({ programme: programme('昨天'), savedAt: 1 })
    let answer = (_: Awaited<ReturnType<typeof fetchProgramme>>) => {}
    fetched.mockReturnValue(new Promise((resolve) => { answer = resolve }))
    const opened = useProgramme().open()
    await vi.waitFor(() => expect(nameShown()).toBe('昨天'))
    expect(useProgramme().savedAt).toBe(1)
    answer({ ok: true, programme: programme('今天'), savedAt: 2 })
    await opened
    expect(nameShown()).toBe('今天')
    expect(useProgramme().savedAt).toBe(2)
  })

  test.each(['offline', 'nonsense'] as const)('stays as it was when the answer is %s', async (code) => {
    read.mockResolvedValue({ programme: programme('昨天'), savedAt: 1 })
    fetched.mockResolvedValue({ ok: false, code })
    await useProgramme().open()
    expect(nameShown()).toBe('昨天')
    expect(useProgramme().savedAt).toBe(1)
    expect(useProgramme().trouble).toBeUndefined()
  })

  test('that could not be stored is shown, and nobody is told that it is on this phone', async () => {
    read.mockResolvedValue(undefined)
    fetched.mockResolvedValue({ ok: true, programme: programme('今天') })
    await useProgramme().open()
    expect(nameShown()).toBe('今天')
    expect(useProgramme().savedAt).toBeUndefined()
  })

  test('that is nowhere to be had is asked for again by itself', async () => {
    read.mockResolvedValue(undefined)
    fetched.mockResolvedValueOnce({ ok: false, code: 'offline' })
      .mockResolvedValueOnce({ ok: false, code: 'nonsense' })
      .mockResolvedValueOnce({ ok: true, programme: programme('今天'), savedAt: 3 })
    await useProgramme().open()
    expect(useProgramme().trouble).toBe('offline')
    await vi.advanceTimersByTimeAsync(10_000)
    expect(useProgramme().trouble).toBe('nonsense')
    await vi.advanceTimersByTimeAsync(10_000)
    expect(nameShown()).toBe('今天')
    expect(useProgramme().trouble).toBeUndefined()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(fetched).toHaveBeenCalledTimes(3)
  })

  test('is asked for at once when the network comes, and not again for some minutes', async () => {
    read.mockResolvedValue(undefined)
    fetched.mockResolvedValueOnce({ ok: false, code: 'offline' }).mockResolvedValue({ ok: true, programme: programme('今天'), savedAt: 3 })
    await useProgramme().open()
    window.dispatchEvent(new Event('online'))
    await vi.waitFor(() => expect(nameShown()).toBe('今天'))
    window.dispatchEvent(new Event('online'))
    document.dispatchEvent(new Event('visibilitychange'))
    expect(fetched).toHaveBeenCalledTimes(2)
    vi.advanceTimersByTime(5 * 60_000 + 1)
    document.dispatchEvent(new Event('visibilitychange'))
    expect(fetched).toHaveBeenCalledTimes(3)
  })
})
