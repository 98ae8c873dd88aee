import { useStorage } from '@vueuse/core'
import { computed } from 'vue'
import type { RecentCheckIn } from '../../../device'
import { operationId } from '../../../domain/operation'
import { useDevice } from '../../stores/device'

/** How far back is looked: what two phones can have let in during some hours without a network. */
const lookBack = 100
/** How many are remembered as seen: more than are looked at. */
const keptAtMost = 200

/** Check-ins of this phone that turned out after sync to be second ones, until the volunteer has seen them. */
export function useLaterRepeats() {
  const staff = useDevice()
  const seen = useStorage<string[]>('linli-repeats-seen', [], undefined, { writeDefaults: false })
  const repeats = staff.view('state', (device) => device.recent(lookBack).filter(({ standing }) => standing === 'repeat'))
  const unseen = computed(() => (repeats.value ?? []).filter(({ operation }) => !seen.value.includes(operationId(operation))))

  function see(checkIns: readonly RecentCheckIn[]): void {
    const ids = checkIns.map(({ operation }) => operationId(operation)).filter((id) => !seen.value.includes(id))
    seen.value = [...seen.value, ...ids].slice(-keptAtMost)
  }

  return { unseen, see }
}
