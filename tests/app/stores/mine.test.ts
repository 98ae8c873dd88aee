import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test, vi } from 'vitest'
import { useMine } from '../../../src/app/stores/mine'
import { dropActivities, keepActivity, readMine, watchMine } from '../../../src/device/resident'

vi.mock('../../../src/device/resident')

let stored: string[]
beforeEach(() => {
  stored = ['a-open']
  setActivePinia(createPinia())
  vi.mocked(readMine).mockImplementation(async () => [...stored])
  vi.mocked(keepActivity).mockImplementation(async (id) => { stored.push(id); return true })
  vi.mocked(dropActivities).mockImplementation(async (ids) => { stored = stored.filter((id) => !ids.includes(id)); return true })
  vi.mocked(watchMine).mockReturnValue(() => {})
})

test('what is kept is known after a start, and ☆ keeps and lets go', async () => {
  const mine = useMine()
  await vi.waitFor(() => expect(mine.has('a-open')).toBe(true))
  await mine.toggle('a-council')
  expect(mine.ids).toEqual(['a-open', 'a-council'])
  await mine.toggle('a-open')
  expect(mine.ids).toEqual(['a-council'])
})

test('what could not be stored is not shown as kept, and it is said', async () => {
  vi.mocked(keepActivity).mockResolvedValue(false)
  const mine = useMine()
  await mine.toggle('a-council')
  expect(mine.has('a-council')).toBe(false)
  expect(mine.failed).toBe(true)
})

test('what another tab keeps is seen here', async () => {
  const mine = useMine()
  await vi.waitFor(() => expect(mine.ids).toHaveLength(1))
  stored.push('a-council')
  vi.mocked(watchMine).mock.lastCall?.[0]()
  await vi.waitFor(() => expect(mine.has('a-council')).toBe(true))
})
