import { createState } from '../../../src/domain/state'
import { fold } from '../../../src/domain/fold'
import type { Operation } from '../../../src/domain/operation'
import { programmeOf } from '../../../src/domain/programme'
import { festivalValue, phone } from '../../domain/story'

/** A small festival for tests of staff screens: two zones, three booths, activities of two days, two services. */
const organiser = phone('organiser00a')
const put = (type: string, id: string, value: object): Operation => organiser('programme', 'put', { type, id, value })
const hours = (day: string, from: string, until: string) => ({ start: `${day}T${from}:00+08:00`, end: `${day}T${until}:00+08:00` })

const plan = [
  put('festival', 'f', festivalValue),
  put('venue', 'v-main', { name: { zh: '康庄公园' }, kind: 'main_venue' }),
  put('venue', 'v-far', { name: { zh: '草场小院' } }),
  put('zone', 'z-green', { venue: 'v-main', name: { zh: '便民服务' }, colour: 'green', order: 2 }),
  put('zone', 'z-red', { venue: 'v-main', name: { zh: '议事' }, colour: 'red', order: 1 }),
  put('booth', 'b-hair', { venue: 'v-main', zone: 'z-green', name: { zh: '便民理发', en: 'Haircuts' }, services: ['s-hair', 's-paper'] }),
  put('booth', 'b-desk', { venue: 'v-main', name: { zh: '服务台' } }),
  put('booth', 'b-store', { venue: 'v-main', name: { zh: '库房' }, checkIn: false }),
  put('booth', 'b-far', { venue: 'v-far', name: { zh: '小院' } }),
  put('activity', 'a-talk', { venue: 'v-main', zone: 'z-green', name: { zh: '讲座' }, ...hours('2023-05-20', '10:00', '11:00') }),
  put('activity', 'a-late', { venue: 'v-main', zone: 'z-green', name: { zh: '晚会' }, ...hours('2023-05-20', '19:00', '20:00') }),
  put('activity', 'a-council', { venue: 'v-main', zone: 'z-red', name: { zh: '议事会' }, ...hours('2023-05-20', '09:40', '11:00') }),
  put('activity', 'a-next', { venue: 'v-main', zone: 'z-red', name: { zh: '次日议事会' }, ...hours('2023-05-21', '09:00', '10:00') }),
  put('activity', 'a-off', { venue: 'v-main', name: { zh: '取消了' }, status: 'cancelled', ...hours('2023-05-20', '10:00', '11:00') }),
  put('service', 's-hair', { name: { zh: '理发' }, unit: '人次', outcomes: [{ id: 'done', name: { zh: '理好' } }, { id: 'away', name: { zh: '没理' } }] }),
  put('service', 's-paper', { name: { zh: '资料' }, unit: '份' }),
]

export function stateWith(...operations: Operation[]) {
  const state = createState()
  fold(state, [...plan, ...operations])
  return state
}

export const programme = programmeOf(stateWith())
