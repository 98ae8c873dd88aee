import { describe, expect, test } from 'vitest'
import * as v from 'valibot'
import { entitySchemas } from '../../src/domain/entities'
import { canonicalBytes } from '../../src/protocol/canonical'
import { maxOperationBytes } from '../../src/protocol/limits'
import source from '../../src/server/festival/sample.json'
import { sampleProgramme } from '../../src/server/festival/sample'

const entities = sampleProgramme()
const of = (type: string) => entities.filter((entity) => entity.type === type)
const valueOf = (id: string) => entities.find((entity) => entity.id === id)?.value

/** How many records carry each mark. */
function marks(records: readonly object[]) {
  const counts = { seed: 0, illustrative: 0, seedFields: 0 }
  for (const record of records as Record<string, unknown>[]) {
    counts[record.source as 'seed' | 'illustrative']++
    counts.seedFields += ((record.seedFields ?? record.seed_fields ?? []) as string[]).length
  }
  return counts
}

describe('the sample festival', () => {
  test('has everything that its source has', () => {
    expect(entities).toHaveLength(1 + 23 + 259 + 21 + 18 + 19 + 120 + 196 + 259 + 3)
    expect(new Set(entities.map(({ type, id }) => `${type}/${id}`)).size).toBe(entities.length)
    const ids = (records: readonly { id: string }[]) => records.map(({ id }) => id)
    expect(ids(of('venue'))).toEqual([...ids(source.venues), ...ids(source.communities)])
    expect(ids(of('zone'))).toEqual(ids(source.zones))
    expect(ids(of('booth'))).toEqual(ids(source.booths))
    expect(ids(of('activity'))).toEqual([...ids(source.activities), ...ids(source.rolling_activities)])
    expect(ids(of('service'))).toEqual(ids(source.service_catalogue))
    expect(ids(of('link'))).toEqual(ids(source.link_sessions))
    expect(ids(of('host'))).toEqual([...ids(source.organisers), ...ids(source.cohosts.items)])
    expect(of('festival').map(({ id }) => id)).toEqual([source.festival.id])
  })

  test('keeps on every record what the report states and what was made up', () => {
    for (const [type, records] of [
      ['venue', [...source.venues, ...source.communities]], ['zone', source.zones], ['booth', source.booths],
      ['activity', [...source.activities, ...source.rolling_activities]], ['service', source.service_catalogue], ['link', source.link_sessions],
      ['host', [...source.organisers, ...source.cohosts.items]], ['festival', [source.festival]],
    ] as const) {
      expect([type, marks(of(type).map(({ value }) => value))]).toEqual([type, marks(records)])
    }
    const festival = valueOf('bj-neighbour-2023') as Record<string, object[]>
    expect(marks(festival.districts ?? [])).toEqual(marks(source.districts))
    expect(marks(festival.categories ?? [])).toEqual(marks(source.festival.parts))
    expect(marks(festival.activityKinds ?? [])).toEqual(marks(source.activity_kinds))
    expect(valueOf('a-open')?.seedFields).toEqual(['kind', 'venue', 'start.date', 'capacity(about)'])
    expect(valueOf('z-red')?.illustrativeFields).toEqual(['name', 'hexTextOnWhite', 'shape', 'grid', 'word'])
  })

  test('can be read by every phone, and sent', () => {
    for (const { type, id, value } of entities) {
      const read = v.safeParse(entitySchemas[type], { ...value, id })
      expect([id, read.success ? 'read' : v.flatten(read.issues)]).toEqual([id, 'read'])
      expect(canonicalBytes({ at: Number.MAX_SAFE_INTEGER, stream: 'programme', kind: 'put', body: { type, id, value } }).length).toBeLessThan(maxOperationBytes)
    }
  })

  test('refers to nothing that is not there', () => {
    const known = new Set(entities.map(({ id }) => id))
    for (const { id, value } of entities) {
      for (const field of ['venue', 'zone', 'booth', 'parent', 'activity', 'remote'] as const) {
        const named = value[field]
        if (typeof named === 'string') expect([id, field, known.has(named)]).toEqual([id, field, true])
      }
      for (const named of (value.services ?? []) as string[]) expect([id, known.has(named)]).toEqual([id, true])
    }
  })

  test('speaks our words', () => {
    expect(valueOf('bj-neighbour-2023')).toMatchObject({
      number: 20230520, sample: true, firstDay: '2023-05-20', lastDay: '2023-05-28', timeZone: 'Asia/Shanghai', source: 'seed',
    })
    expect(valueOf('com-dx-001')).toMatchObject({ kind: 'community', parent: 'v-daxing-rolling', district: 'd-daxing', subdistrict: { zh: '街镇01(占位)' } })
    expect(['z-red', 'z-orange', 'z-green', 'z-gold', 'z-blue'].map((id) => valueOf(id)).map((zone) => [zone?.colour, (zone?.word as { zh: string }).zh]))
      .toEqual([['red', '议事'], ['orange', '课堂'], ['green', '便民'], ['gold', '市集'], ['blue', '舞台']])
    expect(valueOf('b-g1')).toMatchObject({ venue: 'v-main', zone: 'z-green', services: ['s-appliance'], hostName: { zh: '物业超市' }, checkIn: true })
    expect(valueOf('s-appliance')).toMatchObject({ unit: '件', group: { zh: '物业超市' }, outcomes: [{ id: 'fixed', name: { zh: '修好', en: 'Fixed' } }, {}, {}, {}] })
    for (const { value } of of('service')) {
      for (const { id, name } of value.outcomes as { id: string; name: { zh: string } }[]) expect(name.zh).not.toBe(id)
    }
    expect(valueOf('a-open')).toMatchObject({ signup: 'invite', groups: ['a-open'], capacity: 300 })
    expect(valueOf('a-craft1')).toMatchObject({ signup: 'walk-in', dropIn: true, category: 'p-culture', craft: 'c-miansu' })
    expect(valueOf('a-dongcheng-hv')).toMatchObject({ staffOnly: true })
    expect(of('activity').filter(({ value }) => value.staffOnly)).toHaveLength(16)
    expect(of('activity').filter(({ value }) => value.community)).toHaveLength(259)
  })
})
