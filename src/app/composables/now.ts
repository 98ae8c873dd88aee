import { createSharedComposable, useDocumentVisibility } from '@vueuse/core'
import { onScopeDispose, readonly, ref, watch } from 'vue'

const minute = 60_000

/**
 * The time in milliseconds, by this phone's clock. It moves when the minute does, because nothing that is shown is finer, and at once when the page
 * is seen again; a page nobody sees costs nothing.
 */
export const useNow = createSharedComposable(() => {
  const now = ref(Date.now())
  const visibility = useDocumentVisibility()
  let timer: ReturnType<typeof setTimeout> | undefined

  function tick(): void {
    clearTimeout(timer)
    now.value = Date.now()
    if (visibility.value === 'visible') timer = setTimeout(tick, minute - (now.value % minute))
  }

  watch(visibility, tick, { immediate: true })
  onScopeDispose(() => clearTimeout(timer))
  return readonly(now)
})
