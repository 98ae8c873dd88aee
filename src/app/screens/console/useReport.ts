import { ref, shallowRef, watch } from 'vue'
import type { Ref } from 'vue'
import type { Device, Trouble } from '../../../device'
import { reportSchema } from './answers'
import type { Report } from './answers'

export type ReportAxis = 'zone' | 'booth'

/** The server's summary for a venue (all of them: the empty string), asked for again whenever the question changes. */
export function useReport(device: Pick<Device, 'ask'>, venue: Readonly<Ref<string>>, by: Readonly<Ref<ReportAxis>>) {
  /** The answer, with the axis it was given for. */
  const report = shallowRef<Report & { by: ReportAxis }>()
  const trouble = ref<Trouble>()
  const asking = ref(false)
  let asked = 0

  async function refresh(): Promise<void> {
    const mine = ++asked
    const axis = by.value
    asking.value = true
    const query = new URLSearchParams({ by: axis, ...(venue.value && { venue: venue.value }) })
    const answer = await device.ask({ path: `/api/reports/summary?${query}`, schema: reportSchema })
    // An answer to an earlier question is nobody's any more.
    if (mine !== asked) return
    asking.value = false
    trouble.value = answer.ok ? undefined : answer.trouble
    if (answer.ok) report.value = { ...answer.value, by: axis }
  }

  watch([venue, by], refresh, { immediate: true })
  return { report, trouble, asking, refresh }
}
