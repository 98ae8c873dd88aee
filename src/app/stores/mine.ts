import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { dropActivities, keepActivity, readMine, watchMine } from '../../device/resident'

/** The activities kept on this phone, ☆. What is shown as kept is stored; what could not be is not shown as kept. */
export const useMine = defineStore('mine', () => {
  const ids = shallowRef<readonly string[]>([])
  /** What was kept can't be read; it may still be there. */
  const unreadable = ref(false)
  /** What was kept has been read: until then nothing is known to be unkept. */
  const known = ref(false)
  /** The last one asked for could not be stored. */
  const failed = ref(false)
  const kept = computed(() => new Set(ids.value))

  async function read(): Promise<void> {
    const found = await readMine()
    unreadable.value = found === undefined
    ids.value = found ?? ids.value
    known.value = true
  }
  void read()
  // Another tab of this phone keeps and lets go, too.
  watchMine(() => { void read() })

  const has = (id: string): boolean => kept.value.has(id)

  async function keep(id: string): Promise<void> {
    failed.value = !(await keepActivity(id))
    await read()
  }

  async function drop(which: readonly string[]): Promise<void> {
    failed.value = !(await dropActivities(which))
    await read()
  }

  const toggle = (id: string): Promise<void> => (has(id) ? drop([id]) : keep(id))

  return { ids, known, unreadable, failed, has, keep, drop, toggle }
})
