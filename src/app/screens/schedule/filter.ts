import { computed, onScopeDispose, ref, watch, watchEffect } from 'vue'
import type { LocationQuery } from 'vue-router'
import { useRoute, useRouter } from 'vue-router'
import { dayToShow, daysOf, filterEntries } from '../../../domain/schedule'
import type { Entry } from '../../../domain/schedule'
import { searchEntries } from '../../../domain/search'
import { useFestivalTime } from '../../composables/festivalTime'
import { useProgramme } from '../../stores/programme'
import { useVenue } from '../../stores/venue'

/** In place of a venue or a day in the address: every one of them. */
const every = 'all'

export interface ScheduleFilter {
  /** undefined: all venues. */
  venue?: string
  /** undefined: all days. */
  day?: string
  zone?: string
  category?: string
}

/** Safari allows 100 changes of the address in 30 s, and a name is typed faster than that. */
const typingPause = 350

/**
 * What the schedule shows, kept in its address, so that a link lands where it was copied. An address that
 * leaves something out is completed: the venue chosen on this phone, today (or the next day with something; for a search, every day).
 */
export function useScheduleFilter() {
  const route = useRoute()
  const router = useRouter()
  const programme = useProgramme()
  const venues = useVenue()
  const { today } = useFestivalTime()

  const text = ref(one(route.query, 'q') ?? '')
  const searching = computed(() => text.value.trim() !== '')

  const named = computed(() => ({
    venue: one(route.query, 'venue') ?? venues.current?.id,
    zone: one(route.query, 'zone'),
    category: one(route.query, 'category'),
  }))
  /** All that matches but for day and text: what the days to choose from are made of. */
  const matching = computed(() => filterEntries(programme.entries, {
    ...named.value, venue: named.value.venue === every ? undefined : named.value.venue,
  }))
  const days = computed(() => daysOf(matching.value))
  const day = computed(() => one(route.query, 'day') ?? (searching.value ? every : dayToShow(days.value, today.value)))

  const filter = computed((): ScheduleFilter => ({
    ...named.value,
    venue: named.value.venue === every ? undefined : named.value.venue,
    day: day.value === every ? undefined : day.value,
  }))
  const found = computed(() => search(matching.value))
  /** What the text finds at every venue on every day. */
  const anywhere = computed(() => (searching.value ? search(programme.entries) : []))

  function search(entries: readonly Entry[]): Entry[] {
    return searchEntries(entries, programme.index, text.value)
  }

  function go(change: Record<string, string | undefined>): void {
    const query = {
      venue: named.value.venue, day: day.value, zone: named.value.zone, category: named.value.category,
      q: searching.value ? text.value.trim() : undefined, ...change,
    }
    void router.replace({ query })
  }

  /** Changes one or several; what the change makes meaningless (a zone of another venue, a day without anything) goes. */
  function choose(change: Partial<ScheduleFilter>): void {
    const next = { ...filter.value, ...change }
    if ('venue' in change) delete next.zone
    const list = daysOf(filterEntries(programme.entries, { venue: next.venue, zone: next.zone, category: next.category }))
    if (next.day !== undefined && !list.includes(next.day) && !('day' in change)) next.day = dayToShow(list, today.value)
    go({ venue: next.venue ?? every, day: next.day ?? every, zone: next.zone, category: next.category })
  }

  /** Back to everything at this venue, on the day that is next. */
  function clear(): void {
    text.value = ''
    go({ day: undefined, zone: undefined, category: undefined, q: undefined })
  }

  let typing: ReturnType<typeof setTimeout> | undefined
  watch(text, (now, before) => {
    clearTimeout(typing)
    // A search is over every day, until one is chosen; when it is cleared, the list is the day's again.
    const began = before.trim() === '' && now.trim() !== ''
    const ended = before.trim() !== '' && now.trim() === ''
    if (began || ended) go({ day: began ? every : undefined })
    else typing = setTimeout(() => go({}), typingPause)
  })
  onScopeDispose(() => clearTimeout(typing))
  // A tap on the tab, or a link on this page, brings another text.
  watch(() => one(route.query, 'q') ?? '', (q) => { if (q !== text.value.trim()) text.value = q })
  watchEffect(() => {
    const complete = route.query.venue !== undefined && route.query.day !== undefined
    if (route.name === 'schedule' && !complete && day.value !== undefined) go({})
  })

  return { text, searching, filter, days, found, anywhere, choose, clear }
}

function one(query: LocationQuery, name: string): string | undefined {
  const value = query[name]
  return (Array.isArray(value) ? value[0] : value) || undefined
}
