import { expect, test } from 'vitest'
import { notes, signals } from '../../../src/app/senses/sounds'

test('three sounds that share neither their number of notes and heights, nor their length', () => {
  const shapes = signals.map((signal) => notes[signal].map(({ hertz }) => hertz).join(' '))
  expect(new Set(shapes).size).toBe(3)
  const lengths = signals.map((signal) => Math.max(...notes[signal].map(({ at, seconds }) => at + seconds)))
  expect(new Set(lengths).size).toBe(3)
  expect(Math.max(...lengths)).toBeLessThan(1.2)
})
