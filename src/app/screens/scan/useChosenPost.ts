import { useStorage } from '@vueuse/core'
import { computed } from 'vue'
import { postOf } from '../../../domain/post'
import { useDevice } from '../../stores/device'

/** Where this phone scans: chosen once, kept on the phone. */
export function useChosenPost() {
  const staff = useDevice()
  const kept = useStorage<string | null>('linli-post', null, undefined, { writeDefaults: false })

  /** The post; undefined when none was chosen, or the programme or this phone's role no longer has it. */
  const post = computed(() => {
    const found = staff.programme && kept.value ? postOf(staff.programme, kept.value) : undefined
    const venue = staff.identity?.venue
    return found && (!venue || found.venue === venue) ? found : undefined
  })
  const gone = computed(() => kept.value !== null && staff.programme !== undefined && !post.value)

  function choose(id: string): void {
    kept.value = id
  }

  return { post, gone, choose }
}
