import { describe, expect, test } from 'vitest'
import type { Activity } from '../../src/domain/entities'
import type { Programme } from '../../src/domain/programme'
import { entriesOf } from '../../src/domain/schedule'
import { foldText, searchEntries, searchIndex } from '../../src/domain/search'

const activity = (id: string, zh: string, more: Partial<Activity> = {}): Activity => ({
  id, venue: 'v-main', name: { zh }, start: '2023-05-20T10:00:00+08:00', end: '2023-05-20T11:00:00+08:00',
  signup: 'walk-in', groups: [], services: [], dropIn: false, staffOnly: false, status: 'planned', revision: 1, ...more,
})

const programme: Programme = {
  venues: [{ id: 'v-main', name: { zh: '市级主会场·康庄公园', en: 'Kangzhuang Park' }, kind: 'main_venue' }],
  zones: [{ id: 'z-green', venue: 'v-main', name: { zh: '便民服务·物业超市' }, word: { zh: '便民' }, order: 3, colour: 'green' }],
  booths: [{ id: 'b-g1', venue: 'v-main', zone: 'z-green', name: { zh: '家电维修' }, services: ['s-appliance'], hostName: { zh: '物业超市' }, checkIn: true }],
  activities: [
    activity('council', '“拉家常”议事会:社区治理难点答疑', { name: { zh: '“拉家常”议事会:社区治理难点答疑', en: 'Family chat council' } }),
    activity('repair', '物业超市', { booth: 'b-g1' }),
    activity('class', '预防诈骗大课堂(第1场)'),
  ],
  services: [{ id: 's-appliance', name: { zh: '修家电', en: 'Appliance repair' }, unit: '件', outcomes: [], privacy: 'normal' }],
  links: [], notices: [], hosts: [],
}
const entries = entriesOf(programme, 'Asia/Shanghai')
const index = searchIndex(entries, programme)
const find = (query: string) => searchEntries(entries, index, query).map((entry) => entry.activity.id)

describe('search', () => {
  test.each([
    ['a title without its quotes', '拉家常议事会', ['council']],
    ['spaces where nobody printed any', '议 事 会', ['council']],
    ['another case', 'FAMILY chat', ['council']],
    ['full width', 'ｆａｍｉｌｙ', ['council']],
    ['full-width brackets and digits', '(第１场)', ['class']],
    ['words in any order', 'council family', ['council']],
    ['the booth', '家电维修', ['repair']],
    ['a service of the booth', 'appliance', ['repair']],
    ['the zone', '便民', ['repair']],
    ['the venue', '康庄', ['class', 'council', 'repair']],
    ['words that are not all there', '康庄 风筝', []],
    ['nothing but marks', '「」 ', ['class', 'council', 'repair']],
    ['nothing', '', ['class', 'council', 'repair']],
  ])('finds by %s', (_, query, expected) => {
    expect(find(query)).toEqual(expected)
  })

  test('a match never spans two fields', () => {
    expect(find('维修修家电')).toEqual([])
  })

  test('folding twice changes nothing', () => {
    for (const text of ['“拉家常” 议事会', 'ＡＢＣ１２', 'İstanbul', '㈱ﬁ']) expect(foldText(foldText(text))).toBe(foldText(text))
  })

  test('2,000 activities are searched while a finger is still on the key', () => {
    const many: Programme = { ...programme, activities: Array.from({ length: 2_000 }, (_, n) => activity(`a${n}`, `社区${n}·邻里活动`)) }
    const list = entriesOf(many, 'Asia/Shanghai')
    const large = searchIndex(list, many)
    const started = performance.now()
    expect(searchEntries(list, large, '社区1999')).toHaveLength(1)
    // Some milliseconds here; the bound is for a machine that is busy with something else.
    expect(performance.now() - started).toBeLessThan(100)
  })
})
