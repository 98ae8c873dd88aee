import { useWakeLock } from '@vueuse/core'
import { onBeforeUnmount, onMounted, ref } from 'vue'
import type { Ref } from 'vue'
import { openScanner } from '../../scanner'
import type { Scanner, ScannerProblem, ScannerState } from '../../scanner'

/** Some phones know of their torch only a moment after the camera has started; milliseconds. */
const torchKnownAfter = 1_000

/** The camera in a video element, from mounting to unmounting. The screen stays awake while it looks. */
export function useScanner(video: Readonly<Ref<HTMLVideoElement | null>>, onText: (text: string) => void) {
  const state = ref<ScannerState>('starting')
  const problem = ref<ScannerProblem>()
  const hasTorch = ref(false)
  const torchOn = ref(false)
  const wakeLock = useWakeLock()
  let scanner: Scanner | undefined

  const lookForTorch = () => { hasTorch.value = scanner?.camera()?.hasTorch() ?? false }

  function onState(next: ScannerState, why?: ScannerProblem): void {
    state.value = next
    problem.value = why
    if (next === 'scanning') {
      lookForTorch()
      setTimeout(lookForTorch, torchKnownAfter)
      // A phone low on battery may refuse: then its screen goes dark as always.
      void wakeLock.request('screen').catch(() => {})
    } else {
      void wakeLock.release().catch(() => {})
    }
  }

  onMounted(() => {
    if (video.value) scanner = openScanner({ video: video.value, onText, onState })
  })
  onBeforeUnmount(() => scanner?.stop())

  async function toggleTorch(): Promise<void> {
    const wanted = !torchOn.value
    if (await scanner?.torch(wanted)) torchOn.value = wanted
  }

  return { state, problem, hasTorch, torchOn, toggleTorch, wake: () => scanner?.wake() }
}
