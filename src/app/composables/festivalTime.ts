import { computed } from 'vue'
import type { ComputedRef } from 'vue'
import { festivalTime } from '../../domain/festivalDay'
import { localDay } from '../../domain/localTime'
import { useProgramme } from '../stores/programme'
import { useNow } from './now'

/** The moment to show, in milliseconds, and its local day: the true one, but for a sample outside its own days. */
export function useFestivalTime(): { at: ComputedRef<number>; today: ComputedRef<string>; shifted: ComputedRef<boolean> } {
  const now = useNow()
  const programme = useProgramme()
  const at = computed(() => (programme.festival ? festivalTime(now.value, programme.festival) : now.value))
  return {
    at,
    today: computed(() => localDay(at.value, programme.timeZone)),
    shifted: computed(() => at.value !== now.value),
  }
}
