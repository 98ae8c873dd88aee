import { useEventListener } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { fetchProgramme, readProgramme } from '../../device/resident'
import type { ServiceKind, Venue, Words, Zone } from '../../domain/entities'
import type { Programme } from '../../domain/programme'
import { entriesOf } from '../../domain/schedule'
import type { Entry } from '../../domain/schedule'
import { searchIndex } from '../../domain/search'

const empty: Programme = { venues: [], zones: [], booths: [], activities: [], services: [], links: [], notices: [], hosts: [] }

/** How soon a phone that has nothing to show asks again: neither waits long for a network, nor drains for the want of one. */
const retryAfter = 10_000
/** How old the picture may be before it is asked for again when somebody looks. */
const freshFor = 5 * 60_000

/**
 * The published programme: what is on this phone at once, what the server has as soon as it can be had. An answer that is none
 * changes nothing of what is shown or stored.
 */
export const useProgramme = defineStore('programme', () => {
  const published = shallowRef<Programme>(empty)
  /** When what is shown was stored on this phone, in milliseconds; undefined while it is not. */
  const savedAt = ref<number>()
  /** Why there is nothing to show, as far as one knows. */
  const trouble = ref<'offline' | 'nonsense'>()
  const asking = ref(false)
  let askedAt = 0
  let opening: Promise<void> | undefined
  let retry: ReturnType<typeof setTimeout> | undefined

  const festival = computed(() => published.value.festival)
  const timeZone = computed(() => festival.value?.timeZone ?? 'UTC')
  const venues = computed(() => published.value.venues)
  const hosts = computed(() => published.value.hosts)
  const entries = computed(() => entriesOf(published.value, timeZone.value))
  const index = computed(() => searchIndex(entries.value, published.value))
  const entriesById = computed(() => new Map(entries.value.map((entry) => [entry.activity.id, entry])))
  const names = computed(() => new Map([
    ...(festival.value?.categories ?? []), ...(festival.value?.strands ?? []), ...(festival.value?.districts ?? []),
  ].map(({ id, name }) => [id, name])))

  /** Shows what is here, then asks for what is new; asking again changes nothing. */
  function open(): Promise<void> {
    opening ??= start()
    return opening
  }

  async function start(): Promise<void> {
    const kept = await readProgramme()
    if (kept) show(kept.programme, kept.savedAt)
    await refresh()
  }

  function show(programme: Programme, storedAt: number | undefined): void {
    published.value = programme
    savedAt.value = storedAt
    trouble.value = undefined
  }

  /** Asks the server now. */
  async function refresh(): Promise<void> {
    if (asking.value) return
    clearTimeout(retry)
    asking.value = true
    askedAt = Date.now()
    const answer = await fetchProgramme()
    asking.value = false
    if (answer.ok) show(answer.programme, answer.savedAt)
    else if (!festival.value) {
      trouble.value = answer.code
      retry = setTimeout(refresh, retryAfter)
    }
  }

  function look(): void {
    const old = Date.now() - askedAt > freshFor
    if (opening && document.visibilityState === 'visible' && (!festival.value || old)) void refresh()
  }
  useEventListener(document, 'visibilitychange', look)
  useEventListener(window, 'online', look)

  const entryOf = (id: string): Entry | undefined => entriesById.value.get(id)
  const nameOf = (id: string | null | undefined): Words | undefined => names.value.get(id ?? '')
  const districtOf = (venue: Venue): Words | undefined => nameOf(venue.district)

  /** What an activity offers, or the booth that it takes place at. */
  function servicesOf({ activity, booth }: Entry): ServiceKind[] {
    const ids = activity.services.length > 0 ? activity.services : (booth?.services ?? [])
    return published.value.services.filter(({ id }) => ids.includes(id))
  }

  /** The zones of one venue in their own order. */
  function zonesOf(venue: string | undefined): Zone[] {
    return published.value.zones.filter((zone) => zone.venue === venue).sort((a, b) => a.order - b.order)
  }

  /** The categories in which something is planned; of all venues when none is named. */
  function categoriesAt(venue: string | undefined): { id: string; name: Words }[] {
    const used = new Set(entries.value
      .filter(({ activity }) => venue === undefined || activity.venue === venue)
      .map(({ activity }) => activity.category))
    return (festival.value?.categories ?? []).filter(({ id }) => used.has(id))
  }

  return {
    savedAt, trouble, asking, festival, timeZone, venues, hosts, entries, index,
    open, refresh, entryOf, nameOf, districtOf, servicesOf, zonesOf, categoriesAt,
  }
})
