import { play, type Signal } from './sounds'
import { vibrate } from './vibration'

export { unlockSound, type Signal } from './sounds'

/** Says it to the ear and to the hand. */
export function give(signal: Signal): void {
  play(signal)
  vibrate(signal)
}
