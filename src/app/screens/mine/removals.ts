import { ref, watch } from 'vue'
import { useWords } from '../../composables/words'
import { useMine } from '../../stores/mine'
import { useProgramme } from '../../stores/programme'

/** What was just let go on this screen, so that a slip of the thumb is undone with one tap. */
export function useRemovals() {
  const mine = useMine()
  const programme = useProgramme()
  const { say } = useWords()
  const removed = ref<{ id: string; title: string }>()

  watch(() => mine.ids, (now, before) => {
    const id = before.find((kept) => !now.includes(kept))
    const entry = id === undefined ? undefined : programme.entryOf(id)
    if (entry) removed.value = { id: entry.activity.id, title: say(entry.activity.name) }
    else if (removed.value && now.includes(removed.value.id)) removed.value = undefined
  })

  function undo(): void {
    if (removed.value) void mine.keep(removed.value.id)
    removed.value = undefined
  }

  function forget(): void {
    removed.value = undefined
  }

  return { removed, undo, forget }
}
