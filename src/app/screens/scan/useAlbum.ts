import { ref } from 'vue'
import type { PictureProblem } from '../../../scanner'
import { readPicture } from '../../../scanner'

/** 相册: reads the ticket in a picture; of several the one nearest the middle. */
export function useAlbum(onText: (text: string) => void) {
  const reading = ref(false)
  const problem = ref<PictureProblem>()

  async function read(event: Event): Promise<void> {
    const input = event.target as HTMLInputElement
    const file = input.files?.[0]
    if (!file) return
    reading.value = true
    problem.value = undefined
    const result = await readPicture(file)
    reading.value = false
    // Or choosing the same picture once more would be no change.
    input.value = ''
    if (!result.ok) problem.value = result.problem
    else if (result.texts[0] !== undefined) onText(result.texts[0])
  }

  return { reading, problem, read }
}
