import { expect, test } from 'vitest'
import { waitingRows } from '../../../../src/app/screens/sync/kinds'

test('what waits, kind by kind in one order; kinds without a word are counted together', () => {
  expect(waitingRows({ void: 1, checkin: 3, question: 2, item: 1 })).toEqual([
    { kind: 'checkin', n: 3 }, { kind: 'void', n: 1 }, { kind: 'other', n: 3 },
  ])
  expect(waitingRows({})).toEqual([])
})
