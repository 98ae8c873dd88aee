import { nextTick, watch } from 'vue'
import type { Ref } from 'vue'

/**
 * Moves the focus to `[data-first-focus]` inside `place` whenever `reason` becomes another one, and gives it back to where it was when
 * there is no reason any more.
 */
export function useFocusOn(place: Readonly<Ref<HTMLElement | null>>, reason: Readonly<Ref<unknown>>): void {
  let before: Element | null = null
  watch(reason, async (now, earlier) => {
    if (earlier === undefined) before = document.activeElement
    await nextTick()
    if (now !== undefined) place.value?.querySelector<HTMLElement>('[data-first-focus]')?.focus({ preventScroll: true })
    else if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
  })
}
