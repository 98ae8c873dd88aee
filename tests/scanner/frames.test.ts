import { describe, expect, it } from 'vitest'
import { fitted } from '../../src/scanner/drawing'
import { pullFrames } from '../../src/scanner/frames'
import { FakeCamera, settle } from './fakes'

describe('frames', () => {
  it('that come while one is looked at are dropped, never queued', async () => {
    const camera = new FakeCamera(100)
    const finish: (() => void)[] = []
    const frames = pullFrames(camera.next, () => new Promise((resolve) => finish.push(resolve)), camera.clock)

    await camera.show(5)
    expect(frames.counts()).toEqual({ looked: 1, dropped: 4 })
    finish.shift()!()
    await settle()
    await camera.show(1)
    expect(frames.counts()).toEqual({ looked: 2, dropped: 4 })
    expect(finish).toHaveLength(1)
  })

  it.each([
    [15, 15],
    [30, 15],
    [60, 20],
  ])('of a camera of %i a second are looked at %i times a second', async (perSecond, looks) => {
    const camera = new FakeCamera(1000 / perSecond)
    const frames = pullFrames(camera.next, () => Promise.resolve(), camera.clock)
    await camera.show(10 * perSecond)
    expect(frames.counts()).toEqual({ looked: 10 * looks, dropped: 0 })
  })

  it('come no more after a stop', async () => {
    const camera = new FakeCamera(100)
    const frames = pullFrames(camera.next, () => Promise.resolve(), camera.clock)
    await camera.show(2)
    frames.stop()
    await camera.show(2)
    expect(frames.counts().looked).toBe(2)
    expect(camera.watched).toBe(false)
  })
})

it('a size is fitted in proportion, and never enlarged', () => {
  expect(fitted(3840, 2160, 1280)).toEqual({ width: 1280, height: 720 })
  expect(fitted(1080, 1920, 1280)).toEqual({ width: 720, height: 1280 })
  expect(fitted(640, 480, 1280)).toEqual({ width: 640, height: 480 })
})
