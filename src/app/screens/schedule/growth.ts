import { useIntersectionObserver } from '@vueuse/core'
import { ref, watch } from 'vue'
import type { Ref } from 'vue'
import { useRoute } from 'vue-router'

/** A card costs about 1 ms on a slow phone: 40 are there at once and fill three screens; 2,000 would take two seconds. */
const firstCards = 40
const moreCards = 60
/** Screens below what is seen: the next cards are made before a thumb gets there. */
const ahead = '0px 0px 200% 0px'

/** How far each list was read, by its address, so that the way back from an activity leads to the place one left. */
const reached = new Map<string, number>()

/** How many cards of a list to make: more as its end comes near. It begins anew with another list. */
export function useGrowth(end: Readonly<Ref<HTMLElement | null>>, total: () => number): Ref<number> {
  const route = useRoute()
  const limit = ref(reached.get(route.fullPath) ?? firstCards)

  useIntersectionObserver(end, ([entry]) => {
    if (!entry?.isIntersecting || limit.value >= total()) return
    limit.value += moreCards
    reached.set(route.fullPath, limit.value)
  }, { rootMargin: ahead })
  watch(() => route.fullPath, (path) => { limit.value = reached.get(path) ?? firstCards })
  return limit
}
