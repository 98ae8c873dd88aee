import { test, vi } from 'vitest'
import { tellMany, timeLimit } from './seeds'

vi.mock('node:crypto', async (original) => ({ ...await original<object>(), randomBytes: (await import('./dice')).randomBytes }))

test('odd seeds: nothing acknowledged is lost, nothing counts twice, all come to hold the same, and no phone says what is not so', () => tellMany(1), timeLimit)
