/** Why there is no camera. `refused`: by the person or by policy; `busy`: another app has it; `insecure`: the page is not served by HTTPS. */
export type CameraProblem = 'camera-refused' | 'camera-absent' | 'camera-busy' | 'camera-insecure' | 'camera-failed'

export interface Camera {
  /** To be remembered and given to `openCamera` next time. */
  readonly deviceId: string
  /** Whether it has a torch. Ask when needed: some phones know only a moment after the camera has started. */
  hasTorch(): boolean
  /** @returns whether the torch is now as asked. */
  torch(on: boolean): Promise<boolean>
  /** Switches the camera off. */
  close(): void
}

export type Opened = { readonly ok: true; readonly camera: Camera } | { readonly ok: false; readonly problem: CameraProblem }

export interface CameraWish {
  /** The camera chosen last time; if it is gone another is taken. Left out: one that looks away from the person. */
  readonly deviceId?: string
  /** Called if the camera goes away by itself: unplugged, or taken by a call. */
  onLost(): void
}

/** Shows a camera in the video element. Asks the person for leave where the browser does. */
export async function openCamera(video: HTMLVideoElement, { deviceId, onLost }: CameraWish): Promise<Opened> {
  if (!isSecureContext) return { ok: false, problem: 'camera-insecure' }
  // Some in-app browsers have no camera to give at all; the types don't know them.
  const media: MediaDevices | undefined = navigator.mediaDevices
  if (!media?.getUserMedia) return { ok: false, problem: 'camera-absent' }

  let stream: MediaStream | undefined
  try {
    stream = await media.getUserMedia({
      audio: false,
      video: {
        // Ideals, not demands: whatever camera there is, is better than none.
        ...(deviceId ? { deviceId: { ideal: deviceId } } : { facingMode: { ideal: 'environment' } }),
        width: { ideal: 1280 },
        height: { ideal: 720 },
      },
    })
    const [track] = stream.getVideoTracks()
    if (!track) throw new DOMException('The stream has no picture', 'NotFoundError')
    track.onended = onLost
    // iOS plays a video in its place, and without a tap, only when it is muted and inline.
    video.muted = true
    video.playsInline = true
    video.srcObject = stream
    await video.play()
    return { ok: true, camera: cameraOf(track, video, stream) }
  } catch (error) {
    if (stream) release(video, stream)
    return { ok: false, problem: problemOf(error) }
  }
}

/** The cameras of this device. Their labels are empty until the person has once given leave. */
export async function listCameras(): Promise<{ deviceId: string; label: string }[]> {
  const media: MediaDevices | undefined = navigator.mediaDevices
  const devices = (await media?.enumerateDevices()) ?? []
  return devices.filter(({ kind }) => kind === 'videoinput').map(({ deviceId, label }) => ({ deviceId, label }))
}

/** The torch stands in the W3C's "MediaStream Image Capture", which TypeScript's DOM types leave out. */
type WithTorch<T, Value> = T & { torch?: Value }

function cameraOf(track: MediaStreamTrack, video: HTMLVideoElement, stream: MediaStream): Camera {
  const hasTorch = (): boolean => {
    const capabilities: WithTorch<MediaTrackCapabilities, boolean> | undefined = track.getCapabilities?.()
    return capabilities?.torch === true
  }
  return {
    deviceId: track.getSettings().deviceId ?? '',
    hasTorch,
    async torch(on) {
      if (!hasTorch()) return !on
      const light: WithTorch<MediaTrackConstraintSet, boolean> = { torch: on }
      return track.applyConstraints({ advanced: [light] }).then(
        () => true,
        () => false,
      )
    },
    close() {
      track.onended = null
      release(video, stream)
    },
  }
}

function release(video: HTMLVideoElement, stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop()
  if (video.srcObject === stream) video.srcObject = null
}

/** By the names in "Media Capture and Streams", 10.2 getUserMedia; AbortError is a camera that would not start. */
const problems: Readonly<Record<string, CameraProblem>> = {
  NotAllowedError: 'camera-refused',
  SecurityError: 'camera-refused',
  NotFoundError: 'camera-absent',
  OverconstrainedError: 'camera-absent',
  NotReadableError: 'camera-busy',
  AbortError: 'camera-busy',
}

/** The problem that an error of `getUserMedia` stands for. */
export function problemOf(error: unknown): CameraProblem {
  return (error instanceof Error && problems[error.name]) || 'camera-failed'
}
