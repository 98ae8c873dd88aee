import { computed, onScopeDispose, ref, watch } from 'vue'
import type { Ref } from 'vue'

/** The Web Lock that busy tabs share, so that other tabs of this phone can know of them. */
const lockName = 'linli-busy'
const holders = ref(0)

/** Whether a screen of this tab must not be disturbed: no reload, no strip. */
export const isBusy = computed(() => holders.value > 0)

/** Keeps this tab undisturbed while `active` is true and the calling component lives: a scan in front of the camera, say. */
export function useBusy(active: Ref<boolean>): void {
  let release: (() => void) | undefined
  watch(active, (on) => {
    release?.()
    release = on ? hold() : undefined
  }, { immediate: true })
  onScopeDispose(() => release?.())
}

function hold(): () => void {
  holders.value += 1
  let free: (() => void) | undefined
  const freed = new Promise<void>((resolve) => { free = resolve })
  // Without Web Locks only this tab knows: it is still never disturbed itself.
  void navigator.locks?.request(lockName, { mode: 'shared' }, () => freed)
  return () => {
    holders.value -= 1
    free?.()
  }
}

/** Whether no tab of this phone is busy now. */
export async function nobodyBusy(): Promise<boolean> {
  if (isBusy.value) return false
  if (!navigator.locks) return true
  return navigator.locks.request(lockName, { ifAvailable: true }, (lock) => lock !== null)
}
