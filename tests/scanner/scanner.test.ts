import { beforeEach, describe, expect, it } from 'vitest'
import type { Camera, CameraWish, Opened } from '../../src/scanner/camera'
import { openScanner, REST_AFTER } from '../../src/scanner/scanner'
import type { Scanner, ScannerParts } from '../../src/scanner/scanner'
import { blank, FakeCamera, FakeReader, settle } from './fakes'

const GAP = 100
const REST_FRAMES = REST_AFTER / GAP

let film: FakeCamera
let view: readonly string[] | null
let opening: (wish: CameraWish) => Promise<Opened>
let cameras: (Camera & { closed: boolean; lit: boolean; lose(): void })[]
let readers: FakeReader[]
let hide: ((hidden: boolean) => void) | null
let heard: string[]

beforeEach(() => {
  film = new FakeCamera(GAP)
  view = []
  cameras = []
  readers = []
  heard = []
  opening = ({ onLost }) => {
    const camera = {
      deviceId: 'back',
      closed: false,
      lit: false,
      lose: onLost,
      hasTorch: () => true,
      torch(on: boolean) {
        camera.lit = on
        return Promise.resolve(true)
      },
      close() {
        camera.closed = true
      },
    }
    cameras.push(camera)
    return Promise.resolve({ ok: true, camera })
  }
})

async function open(): Promise<Scanner> {
  const parts: ScannerParts = {
    openCamera: (_video, wish) => opening(wish),
    openReader() {
      const reader = new FakeReader(() => view)
      readers.push(reader)
      return reader
    },
    nextFrame: () => film.next,
    takeFrame: blank,
    onHidden(callback) {
      hide = callback
      return () => {
        hide = null
      }
    },
    clock: film.clock,
  }
  const scanner = openScanner(
    {
      video: {} as HTMLVideoElement,
      onText: (text) => heard.push(text),
      onState: (state, problem) => heard.push(problem ? `${state}: ${problem}` : state),
    },
    parts,
  )
  await settle()
  return scanner
}

/** What was told since the last time it was asked. */
const told = (): string[] => heard.splice(0)

describe('a scanner', () => {
  it('starts, and tells each code once', async () => {
    const scanner = await open()
    expect(told()).toEqual(['starting', 'scanning'])
    view = ['A']
    await film.show(5)
    view = ['B', 'A']
    await film.show(5)
    expect(told()).toEqual(['A', 'B'])
    expect(scanner.counts()).toEqual({ looked: 10, dropped: 0, milliseconds: 7 })
    expect(scanner.camera()?.deviceId).toBe('back')
  })

  it('stops for good, with camera and worker', async () => {
    const scanner = await open()
    await film.show(3)
    scanner.stop()
    scanner.wake()
    view = ['A']
    await film.show(3)
    expect(told()).toEqual(['starting', 'scanning', 'stopped'])
    expect([cameras[0]!.closed, readers[0]!.closed, film.watched, hide]).toEqual([true, true, false, null])
    expect(scanner.camera()).toBeNull()
  })

  it('keeps the torch as it was asked for, through a rest', async () => {
    const scanner = await open()
    expect(await scanner.torch(true)).toBe(true)
    await film.show(REST_FRAMES)
    scanner.wake()
    await settle()
    expect(cameras[1]!.lit).toBe(true)
  })
})

describe('rest', () => {
  it('comes after 30 s without a code, and frees the camera but not the worker', async () => {
    const scanner = await open()
    await film.show(REST_FRAMES - 1)
    expect(told()).toEqual(['starting', 'scanning'])
    await film.show(1)
    expect(told()).toEqual(['resting'])
    expect([cameras[0]!.closed, readers[0]!.closed, film.watched]).toEqual([true, false, false])
    scanner.wake()
    await settle()
    view = ['A']
    await film.show(1)
    expect(told()).toEqual(['starting', 'scanning', 'A'])
    expect(readers).toHaveLength(1)
  })

  it('is put off by a code in view and by a wake', async () => {
    const scanner = await open()
    await film.show(REST_FRAMES - 2)
    view = ['A']
    await film.show(1)
    view = []
    await film.show(REST_FRAMES - 1)
    scanner.wake()
    await film.show(REST_FRAMES - 1)
    expect(told()).toEqual(['starting', 'scanning', 'A'])
  })

  it('comes while the page is hidden, and ends when it is seen again', async () => {
    await open()
    hide!(true)
    hide!(false)
    await settle()
    expect(told()).toEqual(['starting', 'scanning', 'resting', 'starting', 'scanning'])
    expect(cameras.map(({ closed }) => closed)).toEqual([true, false])
  })
})

describe('failures', () => {
  it('of the camera are told, and a wake tries again', async () => {
    const working = opening
    opening = () => Promise.resolve({ ok: false, problem: 'camera-refused' })
    const scanner = await open()
    expect(told()).toEqual(['starting', 'failed: camera-refused'])
    hide!(true)
    hide!(false)
    expect(told()).toEqual([])
    opening = working
    scanner.wake()
    await settle()
    expect(told()).toEqual(['starting', 'scanning'])
  })

  it('of the decoder are told, and a wake starts another', async () => {
    const scanner = await open()
    view = null
    await film.show(2)
    expect(told()).toEqual(['starting', 'scanning', 'failed: decoder-failed'])
    view = ['A']
    scanner.wake()
    await settle()
    await film.show(1)
    expect(told()).toEqual(['starting', 'scanning', 'A'])
    expect(readers.map(({ closed }) => closed)).toEqual([true, false])
  })

  it('a camera taken by a call is told', async () => {
    await open()
    cameras[0]!.lose()
    expect(told()).toEqual(['starting', 'scanning', 'failed: camera-busy'])
  })
})

describe('answers that come too late', () => {
  it('a camera that opens after the stop is closed', async () => {
    const working = opening
    let leave = (): void => {}
    opening = async (wish) => {
      await new Promise<void>((resolve) => (leave = resolve))
      return working(wish)
    }
    const scanner = await open()
    scanner.stop()
    leave()
    await settle()
    expect(cameras[0]!.closed).toBe(true)
    expect(told()).toEqual(['starting', 'stopped'])
  })

  it('a code read after the stop is not told', async () => {
    const scanner = await open()
    view = ['A']
    const shown = film.show(1)
    scanner.stop()
    await shown
    expect(told()).toEqual(['starting', 'scanning', 'stopped'])
  })
})
