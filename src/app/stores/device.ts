import { defineStore } from 'pinia'
import { computed, reactive, ref, shallowRef, watch } from 'vue'
import type { ComputedRef } from 'vue'
import type { Device, StorageFault } from '../../device'
import type { DeviceId } from '../../domain/operation'
import { useNow } from '../composables/now'
import { useRole } from './role'
import { useTrace } from './trace'

/**
 * A thin view of what this phone remembers and does: `device` publishes, screens read. Its code and its databases are
 * fetched when `open` is first called, so that the first picture of a resident waits for neither.
 */
export const useDevice = defineStore('device', () => {
  const role = useRole()
  const device = shallowRef<Device>()
  /** What the storage answers when it is tried: nothing is recorded, and no shift begins, until it has passed. */
  const fault = ref<StorageFault>()
  const trace = useTrace()
  /** This phone has joined at some time: it syncs from the start, whichever screen is opened. */
  const joinedBefore = computed(() => trace.value !== null)
  const changes = reactive({ state: 0, status: 0, identity: 0 })
  let opening: Promise<void> | undefined

  /** Opens the phone's memory, tries its storage and starts to sync. Asking again does so only after it failed. */
  function open(): Promise<void> {
    opening ??= load().finally(() => { if (fault.value || !device.value) opening = undefined })
    return opening
  }

  async function load(): Promise<void> {
    const { openDevice, StorageError } = await import('../../device')
    try {
      const opened = device.value ?? follow(await openDevice())
      const result = await opened.testStorage()
      fault.value = result.ok ? undefined : result.fault
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      fault.value = error.fault
    }
  }

  function follow(opened: Device): Device {
    opened.subscribe((change) => { changes[change]++ })
    opened.startSync()
    device.value = opened
    return opened
  }

  /** What `read` finds now, and again whenever the device says that this changed; undefined until it is open. */
  function view<T>(change: keyof typeof changes, read: (opened: Device) => T): ComputedRef<T | undefined> {
    // Read first, or a device that opens later would not be watched for changes. The state is folded in place: what is derived from it is made anew.
    return computed(() => (changes[change] >= 0 && device.value ? read(device.value) : undefined))
  }

  const identity = view('identity', (opened) => opened.identity())
  const status = view('status', (opened) => opened.status())
  const programme = view('state', (opened) => opened.programme())
  const festival = view('state', (opened) => opened.festival())
  const timeZone = computed(() => festival.value?.timeZone ?? identity.value?.festival.timeZone ?? 'UTC')

  const minute = useNow()
  /** Corrected time in milliseconds; it moves with the minute, and whenever the device tells of something. */
  const now = computed(() => {
    const uncorrected = minute.value
    return status.value && device.value ? device.value.now() : uncorrected
  })

  watch([device, identity], () => {
    if (!device.value) return
    const held = identity.value
    role.hold(held && !held.revoked ? [held.role] : [])
  })
  // At once: what is shown as saved must be in the trace before anything else can happen.
  watch(() => identity.value && status.value, (present) => {
    if (!present || !identity.value) return
    const { device: id, name } = identity.value
    trace.value = { device: id, name, waiting: present.waiting, at: now.value, timeZone: timeZone.value }
  }, { flush: 'sync' })
  /** What this phone was, of which the browser has cleared all but the trace. */
  const forgotten = computed(() => (device.value && !identity.value ? trace.value ?? undefined : undefined))
  /** A person has read what was lost, and does not join again. */
  const forget = (): void => { trace.value = null }

  return { device, fault, joinedBefore, forgotten, forget, identity, status, programme, festival, timeZone, now, open, view }
})

/** How people tell phones apart that they only know by id: its last four characters. */
export function tailOf(device: DeviceId): string {
  return device.slice(-4).toUpperCase()
}
