import { useIntervalFn, usePreferredReducedMotion, useWakeLock } from '@vueuse/core'
import { computed, onBeforeUnmount, ref, shallowRef } from 'vue'
import type { Device, HandOverOutcome } from '../../../device'
import { cutIntoFrames } from '../../../protocol/handoverFrames'
import type { Frames } from '../../../protocol/handoverFrames'
import { pack } from '../../../protocol/packed'

/**
 * Milliseconds from one code to the next. Six a second: a camera of 15 frames a second sees each twice, and no module can flash more than three
 * times a second, which is where WCAG 2.3.1 draws the line. It is the content and must run; for whoever wants less motion half as fast.
 */
const pace = 1_000 / 6
const calmPace = 1_000 / 3

/** What this phone hands over, as codes one after the other from mounting to unmounting. The screen stays awake. */
export function useGiving(device: Pick<Device, 'handOver'>) {
  const operations = ref<number>()
  const problem = ref<Extract<HandOverOutcome, { ok: false }>['code'] | 'too-large'>()
  const frames = shallowRef<Frames>()
  const number = ref(0)
  const motion = usePreferredReducedMotion()
  const wakeLock = useWakeLock()
  useIntervalFn(() => { if (frames.value) number.value++ }, computed(() => (motion.value === 'reduce' ? calmPace : pace)))

  async function begin(): Promise<void> {
    const outcome = await device.handOver()
    if (!outcome.ok) {
      problem.value = outcome.code
      return
    }
    frames.value = await cutIntoFrames(await pack(outcome.text))
    operations.value = outcome.operations
    if (!frames.value) problem.value = 'too-large'
    // A phone low on battery may refuse: then its screen goes dark as always.
    void wakeLock.request('screen').catch(() => {})
  }
  void begin()
  onBeforeUnmount(() => { void wakeLock.release().catch(() => {}) })

  /** Each code has another mask than the one before: what one of them makes hard to read, the next does not. */
  const code = computed(() => frames.value && { text: frames.value.at(number.value), mask: number.value % 8 })
  return { operations, problem, code, shown: computed(() => number.value + 1) }
}
