import { onScopeDispose, reactive } from 'vue'
import type { ServiceKind } from '../../../domain/entities'

/** A chosen outcome that is not used falls back so soon, in milliseconds: the next person's is most likely the usual one. */
export const outcomeLasts = 8_000

/** The outcome that the next +1 of each service will have: the service's first, unless another has just been chosen. */
export function useOutcomes() {
  const chosen = reactive(new Map<string, string>())
  const timers = new Map<string, ReturnType<typeof setTimeout>>()

  const outcomeOf = ({ id, outcomes }: ServiceKind): string | undefined => chosen.get(id) ?? outcomes[0]?.id

  function reset(service: string): void {
    clearTimeout(timers.get(service))
    chosen.delete(service)
  }

  function choose(service: string, outcome: string): void {
    reset(service)
    chosen.set(service, outcome)
    timers.set(service, setTimeout(() => reset(service), outcomeLasts))
  }

  onScopeDispose(() => timers.forEach((timer) => clearTimeout(timer)))
  return { outcomeOf, choose, reset }
}
