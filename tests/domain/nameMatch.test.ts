import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readings } from '../../src/device/pinyin'
import { AttendeeColumns, rankOf, wantedBy } from '../../src/domain/attendeeSearch'
import { foldName, matchName } from '../../src/domain/nameMatch'

const find = (name: string, typed: string) => matchName(foldName(name), 0, foldName(name).length, foldName(typed), readings)

describe('a name is found by', () => {
  test.each([
    ['王小明', '王小明', 0], ['王小明', '王小', 1], ['王小明', '小明', 2],
    ['王小明', 'wangxiaoming', 0], ['王小明', 'Wang Xiao Ming', 0], ['王小明', 'wangx', 1], ['王小明', 'xiaoming', 2],
    ['王小明', 'wxm', 0], ['王小明', 'WX', 1], ['王小明', 'xm', 2],
    ['王小明', '王xm', 0], ['王小明', 'wangxm', 0], ['王小明', 'w小m', 0], ['王小明', 'wxiaom', 0], ['王小明', 'wanxm', 0],
    // Surnames read otherwise than the word.
    ['单田芳', 'shantf', 0], ['单田芳', 'dantf', 0], ['曾国强', 'zeng', 1], ['曾国强', 'ceng', 1], ['解晓东', 'xiexd', 0], ['解晓东', 'jie', 1],
    ['仇英', 'qiuying', 0], ['区小红', 'ou', 1], ['朴树', 'piao', 1], ['吕布', 'lvbu', 0], ['吕布', 'lubu', 0], ['吕布', 'lyu', 1], ['吕布', 'lüb', 0],
    // Characters that people read in two ways inside a name too.
    ['李长乐', 'lichangle', 0], ['李长乐', 'lizhangyue', 0],
    ['海棠3号', 'ht3', 1], ['海棠3号', '３号', 2], ['Anna 李', 'annal', 0], ['𠮷野家', '𠮷', 1],
  ])('%s by %s', (name, typed, rank) => {
    expect(find(name, typed)).toBe(rank)
  })

  test.each([['王小明', 'wmx'], ['王小明', 'wangming'], ['王小明', '明小'], ['王小明', 'wxmm'], ['王小明', '李'], ['陈', 'cheng'], ['王', 'wangw']])('%s not by %s', (name, typed) => {
    expect(find(name, typed)).toBeUndefined()
  })

  test('any mixture of its characters, readings and their beginnings, wherever it begins', () => {
    const character = fc.constantFrom(...'王李张单曾解吕仇区长乐小明国强芳海棠')
    const way = fc.tuple(fc.nat(), fc.nat(), fc.boolean())
    fc.assert(fc.property(fc.array(fc.tuple(character, way), { minLength: 1, maxLength: 5 }), fc.nat(4), (spelled, skip) => {
      const name = spelled.map(([one]) => one).join('')
      const typed = spelled.slice(Math.min(skip, spelled.length - 1)).map(([one, [which, length, asItIs]]) => {
        const read = readings(one)
        const reading = read[which % read.length] ?? ''
        return asItIs ? one : reading.slice(0, 1 + (length % reading.length))
      }).join('')
      expect(find(name, typed)).toBeDefined()
    }))
  })
})

describe('what was typed', () => {
  const somebody = { ticket: 'K7M29QX4', alias: '海棠', phoneTail: '0292' }
  const by = (typed: string, code?: string) => rankOf(somebody, wantedBy(typed, code), readings)

  test('may be the end of a phone number, the beginning of a code, or a name', () => {
    expect(by('0292')).toBe(0)
    expect(by('92')).toBe(0)
    expect(by('2')).toBeUndefined()
    expect(by('0291')).toBeUndefined()
    expect(by('K7M2-9', 'K7M29')).toBe(0)
    expect(by('k7m', 'K7M')).toBeUndefined()
    expect(by('ht')).toBe(0)
    expect(by(' ')).toBeUndefined()
  })

  test('finds in columns whom it finds one by one', () => {
    const person = fc.record({
      ticket: fc.string({ unit: fc.constantFrom(...'0K7M'), minLength: 8, maxLength: 8 }),
      alias: fc.option(fc.string({ unit: fc.constantFrom(...'王小明aＢ '), maxLength: 4 }), { nil: undefined }),
      phoneTail: fc.option(fc.string({ unit: fc.constantFrom(...'01'), maxLength: 4 }), { nil: undefined }),
    })
    const typed = fc.string({ unit: fc.constantFrom(...'王小wxm01K7'), maxLength: 4 })
    fc.assert(fc.property(fc.array(person, { maxLength: 8 }), typed, fc.nat(8), (people, given, cut) => {
      const columns = new AttendeeColumns()
      columns.add(people.slice(0, cut))
      columns.add(people.slice(cut))
      const wanted = wantedBy(given, given)
      const found: [string, number][] = []
      columns.search(wanted, readings, (ticket, rank) => found.push([ticket, rank]))
      expect(found).toEqual(people.flatMap((one) => {
        const rank = rankOf(one, wanted, readings)
        return rank === undefined ? [] : [[one.ticket, rank]]
      }))
    }))
  })
})
