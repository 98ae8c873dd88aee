import { expect, test } from 'vitest'
import { boothGroups, postGroups } from '../../../src/app/staff/posts'
import { time } from '../../domain/story'
import { programme } from './festival'

const namesOf = (groups: ReturnType<typeof postGroups>) => groups.map(({ zone, choices }) => [zone?.id, choices.map(({ id }) => id)])

test('zone by zone in their order: what is on, the booths, the rest of the day; without a zone last', () => {
  expect(namesOf(postGroups(programme, 'v-main', time('09:45'), ''))).toEqual([
    ['z-red', ['a-council']],
    ['z-green', ['a-talk', 'b-hair', 'a-late']],
    [undefined, ['b-desk']],
  ])
})

test('a search finds other days too, in names, English names and zones', () => {
  const found = (search: string) => postGroups(programme, 'v-main', time('09:45'), search).flatMap(({ choices }) => choices)
  expect(found('议事会').map(({ id, time: when }) => [id, when])).toEqual([
    ['a-council', '09:40–11:00'], ['a-next', '05/21 09:00–10:00'],
  ])
  expect(found(' HAIR ').map(({ id }) => id)).toEqual(['b-hair'])
  expect(found('便民').map(({ id }) => id)).toEqual(['a-talk', 'b-hair', 'a-late'])
  expect(found('取消')).toEqual([])
})

test('soon is from half an hour before until the end', () => {
  const soonAt = (clock: string) => postGroups(programme, 'v-main', time(clock), '讲座')[0]?.choices[0]?.soon
  expect(['09:29', '09:30', '10:59', '11:00'].map(soonAt)).toEqual([false, true, true, false])
})

test('services are recorded at any booth of the venue, also where nobody checks in', () => {
  expect(namesOf(boothGroups(programme, 'v-main', ''))).toEqual([['z-green', ['b-hair']], [undefined, ['b-desk', 'b-store']]])
})
