import { ref } from 'vue'

/**
 * Whether all of the app is on this phone, so that it opens without a network: true once a service worker has it, false where the
 * browser gives none (plain http, some private windows), undefined until that is known.
 */
export const appStored = ref<boolean>()

/**
 * Finds it out.
 * @param registering the registration of the service worker
 */
export async function followStoring(registering: Promise<unknown>): Promise<void> {
  try {
    await registering
    await navigator.serviceWorker.ready
    appStored.value = true
  } catch {
    appStored.value = false
  }
}
