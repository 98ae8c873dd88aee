import { useStorage } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { roles as staffRoles } from '../../domain/role'
import type { Role } from '../../domain/role'
import type zh from '../messages/zh-CN'

/** Whoever holds the phone: residents need no device, the others are what the device was joined as. */
export type Person = 'resident' | Role

type Tab = Exclude<keyof (typeof zh)['shell']['tabs'], 'label'>

const staffTabs: readonly Tab[] = ['scan', 'booth', 'sync', 'more']
/** The tabs of a person: the names of routes. */
export const tabsOf: Readonly<Record<Person, readonly Tab[]>> = {
  resident: ['now', 'schedule', 'mine', 'more'],
  volunteer: staffTabs,
  host: ['booth', 'scan', 'sync', 'more'],
  visitor: ['booth', 'sync', 'more'],
  lead: ['console', ...staffTabs],
  organiser: ['console', ...staffTabs],
}

/** Which roles this phone holds, and as whom it is used now. */
export const useRole = defineStore('role', () => {
  const kept = useStorage<string>('linli-role', 'resident', undefined, { writeDefaults: false })
  // What was chosen last is believed until the device's own memory has been read: the tabs must not jump at start.
  const held = ref<Person[]>(['resident', ...staffRoles.filter((role) => role === kept.value)])
  const current = computed<Person>(() => held.value.find((person) => person === kept.value) ?? 'resident')

  /** Called once the device's memory has been read, and when it joins or is revoked. */
  function hold(roles: readonly Role[]): void {
    held.value = ['resident', ...roles]
  }

  function become(person: Person): void {
    kept.value = person
  }

  /** A screen opened by a link shows the tabs it belongs to. */
  function standAt(route: string): void {
    const at = (person: Person) => tabsOf[person].some((tab) => tab === route)
    if (at(current.value)) return
    const other = held.value.find(at)
    if (other) become(other)
  }

  return { held, current, hold, become, standAt }
})
