/**
 * Three sounds that can be told apart in a crowd without looking: they differ in direction, rhythm and height at once,
 * so that none of the three is needed to know them. `welcome` rises, `look` knocks twice, `stop` is one long low tone.
 */
export const signals = ['welcome', 'look', 'stop'] as const
export type Signal = (typeof signals)[number]

interface Note {
  /** Seconds from the signal's begin. */
  at: number
  seconds: number
  hertz: number
  shape: OscillatorType
}

/**
 * A phone's small loudspeaker gives little below 400 Hz and an older ear hears little above 4 kHz; the low tone is a square,
 * whose overtones lie between. Each ends before the 1.2 s of its verdict does.
 */
export const notes: Readonly<Record<Signal, readonly Note[]>> = {
  welcome: [
    { at: 0, seconds: 0.09, hertz: 880, shape: 'triangle' },
    { at: 0.1, seconds: 0.16, hertz: 1320, shape: 'triangle' },
  ],
  look: [
    { at: 0, seconds: 0.12, hertz: 660, shape: 'triangle' },
    { at: 0.22, seconds: 0.12, hertz: 660, shape: 'triangle' },
  ],
  stop: [{ at: 0, seconds: 0.5, hertz: 220, shape: 'square' }],
}

/** A square carries more power than a triangle of the same height. */
const loudness: Partial<Record<OscillatorType, number>> = { triangle: 0.5, square: 0.25 }

let context: AudioContext | undefined

/**
 * Makes sound possible. Call it from a tap: browsers keep a page silent until the person has touched it.
 * @returns whether sound can be heard now, as far as the browser knows
 */
export async function unlockSound(): Promise<boolean> {
  if (typeof AudioContext === 'undefined') return false
  try {
    context ??= new AudioContext({ latencyHint: 'interactive' })
    // Without a touch `resume` waits for one, for ever.
    await Promise.race([context.resume(), new Promise((resolve) => setTimeout(resolve, 500))])
    return context.state === 'running'
  } catch {
    return false
  }
}

/** Plays at once, or not at all: where the page may not sound yet, a note kept for later would tell of somebody long gone. */
export function play(signal: Signal): void {
  if (context?.state !== 'running') {
    void unlockSound()
    return
  }
  for (const note of notes[signal]) playNote(context, note)
}

function playNote(context: AudioContext, { at, seconds, hertz, shape }: Note): void {
  const start = context.currentTime + at
  const oscillator = new OscillatorNode(context, { type: shape, frequency: hertz })
  const volume = new GainNode(context, { gain: 0 })
  const loud = loudness[shape] ?? 0.4
  // A few milliseconds up and down, or the loudspeaker clicks.
  volume.gain.setValueAtTime(0, start)
  volume.gain.linearRampToValueAtTime(loud, start + 0.008)
  volume.gain.setValueAtTime(loud, start + seconds - 0.03)
  volume.gain.linearRampToValueAtTime(0, start + seconds)
  oscillator.connect(volume).connect(context.destination)
  oscillator.start(start)
  oscillator.stop(start + seconds)
}
