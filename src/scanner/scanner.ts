/*
 * The scanner's states:
 *
 *             wake              opened
 *   resting ───────► starting ─────────► scanning        stop: from any state to stopped, for good
 *      ▲                │  ▲                │  │
 *      │          failed│  │wake            │  │ failed
 *      │                ▼  │                │  │
 *      │               failed ◄─────────────┼──┘
 *      └────────────────────────────────────┘
 *                 rest (30 s without a code, or the page is hidden)
 */
import { openCamera } from './camera'
import type { Camera, CameraProblem } from './camera'
import { framesOf, pullFrames, takeFrame } from './frames'
import type { FrameCounts, Frames, NextFrame } from './frames'
import { openReader } from './reader'
import type { Reader, Reading } from './reader'
import { Repeats } from './repeats'

export type ScannerState = 'starting' | 'scanning' | 'resting' | 'failed' | 'stopped'
export type ScannerProblem = CameraProblem | 'decoder-failed'
type ScannerEvent = 'opened' | 'failed' | 'rest' | 'wake' | 'stop'

const states: Readonly<Record<ScannerState, Readonly<Record<ScannerEvent, ScannerState>>>> = {
  starting: { opened: 'scanning', failed: 'failed', rest: 'starting', wake: 'starting', stop: 'stopped' },
  scanning: { opened: 'scanning', failed: 'failed', rest: 'resting', wake: 'scanning', stop: 'stopped' },
  resting: { opened: 'resting', failed: 'resting', rest: 'resting', wake: 'starting', stop: 'stopped' },
  failed: { opened: 'failed', failed: 'failed', rest: 'failed', wake: 'starting', stop: 'stopped' },
  stopped: { opened: 'stopped', failed: 'stopped', rest: 'stopped', wake: 'stopped', stop: 'stopped' },
}

/** Without a code for so long, in ms, the camera rests: it is what empties a phone's battery. product.md's number. */
export const REST_AFTER = 30_000

export interface ScannerOptions {
  /** Where the camera is shown; its picture is what is read. */
  readonly video: HTMLVideoElement
  /** The camera chosen last time, from `Scanner.camera()`. */
  readonly deviceId?: string
  /** A code came into view. Held there, it is told once; see `Repeats`. */
  onText(text: string): void
  /** The state is now another one; `problem` says why it is `failed`. */
  onState(state: ScannerState, problem?: ScannerProblem): void
}

export interface ScannerCounts extends FrameCounts {
  /** The worker's time for the last frame, in ms. */
  readonly milliseconds: number
}

export interface Scanner {
  /** The open camera; null unless scanning. */
  camera(): Pick<Camera, 'deviceId' | 'hasTorch'> | null
  /** Torch on or off, also after the next rest. @returns whether it is now as asked. */
  torch(on: boolean): Promise<boolean>
  /** From rest, or to try again after a failure; while scanning, puts the rest off. */
  wake(): void
  /** Since the camera last started. */
  counts(): ScannerCounts
  /** Ends it for good: camera off, worker gone. */
  stop(): void
}

/** The browser, as far as the scanner needs it; a test hands in its own. */
export interface ScannerParts {
  openCamera: typeof openCamera
  openReader(): Reader
  nextFrame(video: HTMLVideoElement): NextFrame
  takeFrame: typeof takeFrame
  /** Calls back when the page is hidden (true) or seen again (false); returns what ends that. */
  onHidden(callback: (hidden: boolean) => void): () => void
  /** Milliseconds, never going back. */
  clock(): number
}

const browser: ScannerParts = {
  openCamera,
  openReader: () => openReader(),
  nextFrame: framesOf,
  takeFrame,
  onHidden(callback) {
    const tell = (): void => callback(document.hidden)
    document.addEventListener('visibilitychange', tell)
    return () => document.removeEventListener('visibilitychange', tell)
  },
  clock: () => performance.now(),
}

/** Starts to scan. Problems are told through `onState`; nothing is thrown. */
export function openScanner(options: ScannerOptions, parts: ScannerParts = browser): Scanner {
  const { video, onText, onState } = options
  const repeats = new Repeats()
  let state: ScannerState = 'resting'
  let start = 0
  let camera: Camera | null = null
  let reader: Reader | null = null
  let frames: Frames | null = null
  let torchWanted = false
  let lastCode = 0
  let milliseconds = 0

  function on(event: ScannerEvent, problem?: ScannerProblem): void {
    const next = states[state][event]
    if (next === state) return
    state = next
    if (state === 'starting') void begin()
    else if (state !== 'scanning') release()
    onState(state, problem)
  }

  async function begin(): Promise<void> {
    const mine = ++start
    // First, so that the decoder loads while the person is asked for the camera.
    reader ??= parts.openReader()
    const opened = await parts.openCamera(video, { deviceId: options.deviceId, onLost: () => on('failed', 'camera-busy') })
    if (state !== 'starting' || mine !== start) {
      if (opened.ok) opened.camera.close()
      return
    }
    if (!opened.ok) return on('failed', opened.problem)
    camera = opened.camera
    if (torchWanted) void camera.torch(true)
    lastCode = parts.clock()
    frames = pullFrames(parts.nextFrame(video), look, parts.clock)
    on('opened')
  }

  async function look(): Promise<void> {
    if (parts.clock() - lastCode >= REST_AFTER) return on('rest')
    const mine = start
    const reading = await readFrame()
    if (state !== 'scanning' || mine !== start) return
    if (!reading) return on('failed', 'decoder-failed')
    milliseconds = reading.milliseconds
    const texts = reading.found.map(({ text }) => text)
    const now = parts.clock()
    if (texts.length) lastCode = now
    const text = repeats.see(texts, now)
    if (text !== null) onText(text)
  }

  async function readFrame(): Promise<Reading | undefined> {
    try {
      return await reader?.read(parts.takeFrame(video))
    } catch {
      return undefined
    }
  }

  function release(): void {
    frames?.stop()
    camera?.close()
    frames = null
    camera = null
    // A rest keeps the worker: it costs nothing idle, and the next ticket needn't wait for it to load.
    if (state === 'resting') return
    reader?.close()
    reader = null
  }

  const endHidden = parts.onHidden((hidden) => {
    if (hidden) on('rest')
    else if (state === 'resting') on('wake')
  })

  on('wake')

  return {
    camera: () => camera,
    async torch(wanted) {
      torchWanted = wanted
      return camera ? camera.torch(wanted) : !wanted
    },
    wake() {
      lastCode = parts.clock()
      on('wake')
    },
    counts: () => ({ ...(frames?.counts() ?? { looked: 0, dropped: 0 }), milliseconds }),
    stop() {
      endHidden()
      on('stop')
    },
  }
}
