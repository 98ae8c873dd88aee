import type { Signal } from './sounds'

/** Milliseconds on, off, on …: once short, twice, once long, like the sounds. */
const patterns: Readonly<Record<Signal, number[]>> = {
  welcome: [60],
  look: [80, 90, 80],
  stop: [400],
}

/** Vibrates where the phone can (iOS can't); a page not yet touched may not, and that is no fault. */
export function vibrate(signal: Signal): void {
  if ('vibrate' in navigator) navigator.vibrate(patterns[signal])
}
