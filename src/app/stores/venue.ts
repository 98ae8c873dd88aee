import { useStorage } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed } from 'vue'
import type { Venue } from '../../domain/entities'
import { useProgramme } from './programme'

/** The venue a resident looks at, kept on this phone; where nothing was chosen, the main venue. */
export const useVenue = defineStore('venue', () => {
  const programme = useProgramme()
  const kept = useStorage<string | null>('linli-venue', null, undefined, { writeDefaults: false })

  /** Venues with something to go to, the main venue first. */
  const choices = computed<Venue[]>(() => {
    const busy = new Set(programme.entries.map(({ activity }) => activity.venue))
    return programme.venues
      .filter(({ id }) => busy.has(id))
      .sort((a, b) => Number(isMain(b)) - Number(isMain(a)))
  })
  const current = computed(() => choices.value.find(({ id }) => id === kept.value) ?? choices.value[0])

  function choose(id: string): void {
    kept.value = id
  }

  return { choices, current, choose }
})

const isMain = (venue: Venue): boolean => venue.kind === 'main_venue'
