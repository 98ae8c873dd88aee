import { describe, expect, it, vi } from 'vitest'
import { listCameras, openCamera, problemOf } from '../../src/scanner/camera'

interface FakeTrack {
  stopped: boolean
  constraints: MediaTrackConstraints[]
}

/** A browser whose `getUserMedia` gives a track that can do so much, or fails. */
function browser({ torch = false, fails, secure = true }: { torch?: boolean; fails?: string; secure?: boolean } = {}) {
  const track: FakeTrack = { stopped: false, constraints: [] }
  const asked: MediaStreamConstraints[] = []
  const tracks = [
    {
      onended: null,
      stop: () => (track.stopped = true),
      getSettings: () => ({ deviceId: 'back' }),
      getCapabilities: () => ({ torch }),
      applyConstraints(constraints: MediaTrackConstraints) {
        track.constraints.push(constraints)
        return Promise.resolve()
      },
    },
  ]
  vi.stubGlobal('isSecureContext', secure)
  vi.stubGlobal('navigator', {
    mediaDevices: {
      getUserMedia(constraints: MediaStreamConstraints) {
        asked.push(constraints)
        if (fails) return Promise.reject(new DOMException('', fails))
        return Promise.resolve({ getVideoTracks: () => tracks, getTracks: () => tracks })
      },
      enumerateDevices: () =>
        Promise.resolve([
          { kind: 'audioinput', deviceId: 'microphone', label: '' },
          { kind: 'videoinput', deviceId: 'back', label: 'Back camera' },
        ]),
    },
  })
  return { track, asked }
}

const screen = (play = () => Promise.resolve()) => ({ srcObject: null, play }) as unknown as HTMLVideoElement
const wish = { onLost: () => {} }

describe('a camera', () => {
  it('looks away from the person, unless another was chosen', async () => {
    const { asked } = browser()
    await openCamera(screen(), wish)
    await openCamera(screen(), { ...wish, deviceId: 'front' })
    expect(asked[0]!.video).toMatchObject({ facingMode: { ideal: 'environment' } })
    expect(asked[1]!.video).toMatchObject({ deviceId: { ideal: 'front' } })
    expect(asked[1]!.video).not.toHaveProperty('facingMode')
  })

  it('is shown muted and in its place, and let go when closed', async () => {
    const { track } = browser()
    const video = screen()
    const opened = await openCamera(video, wish)
    expect(video).toMatchObject({ muted: true, playsInline: true })
    expect(video.srcObject).not.toBeNull()
    if (opened.ok) opened.camera.close()
    expect(video.srcObject).toBeNull()
    expect(track.stopped).toBe(true)
  })

  it('has a torch where the phone has one', async () => {
    const { track } = browser({ torch: true })
    const opened = await openCamera(screen(), wish)
    expect(opened.ok && opened.camera.hasTorch()).toBe(true)
    expect(opened.ok && (await opened.camera.torch(true))).toBe(true)
    expect(track.constraints).toEqual([{ advanced: [{ torch: true }] }])
  })

  it('without a torch can only be dark', async () => {
    browser()
    const opened = await openCamera(screen(), wish)
    expect(opened.ok && (await opened.camera.torch(true))).toBe(false)
    expect(opened.ok && (await opened.camera.torch(false))).toBe(true)
  })

  it('is one of those listed', async () => {
    browser()
    expect(await listCameras()).toEqual([{ deviceId: 'back', label: 'Back camera' }])
  })
})

describe('no camera', () => {
  it('on a page without HTTPS', async () => {
    browser({ secure: false })
    expect(await openCamera(screen(), wish)).toEqual({ ok: false, problem: 'camera-insecure' })
  })

  it('in a browser that gives none', async () => {
    vi.stubGlobal('isSecureContext', true)
    vi.stubGlobal('navigator', {})
    expect(await openCamera(screen(), wish)).toEqual({ ok: false, problem: 'camera-absent' })
    expect(await listCameras()).toEqual([])
  })

  it('when the person says no', async () => {
    browser({ fails: 'NotAllowedError' })
    expect(await openCamera(screen(), wish)).toEqual({ ok: false, problem: 'camera-refused' })
  })

  it('when it will not play: then it is let go', async () => {
    const { track } = browser()
    const video = screen(() => Promise.reject(new DOMException('', 'AbortError')))
    expect(await openCamera(video, wish)).toEqual({ ok: false, problem: 'camera-busy' })
    expect(track.stopped).toBe(true)
    expect(video.srcObject).toBeNull()
  })

  it.each([
    ['SecurityError', 'camera-refused'],
    ['NotFoundError', 'camera-absent'],
    ['OverconstrainedError', 'camera-absent'],
    ['NotReadableError', 'camera-busy'],
    ['TypeError', 'camera-failed'],
  ])('%s is %s', (name, problem) => {
    expect(problemOf(new DOMException('', name))).toBe(problem)
  })
})
