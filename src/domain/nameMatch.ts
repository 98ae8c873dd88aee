import { foldText } from './search'

/**
 * How a Chinese character is read, in small Latin letters without tones: all of its readings, `单` is `dan`, `shan` and `chan`. Nothing for any
 * other character. The dictionary is handed in: it is large, and only who searches needs it.
 */
export type Readings = (character: string) => readonly string[]

/** 0: the whole name. 1: its beginning, which is how people start to type. 2: further inside, as a given name without the surname. */
export type Rank = 0 | 1 | 2

/** Nearly all names are of these characters alone, and a roster has 100,000. */
const plainHan = /^[\u4e00-\u9fff]+$/

/** A name, or what is typed, as it is compared. */
export function foldName(text: string): string {
  return plainHan.test(text) ? text : foldText(text).replaceAll('ü', 'v')
}

/**
 * Whether what was typed stands for a name: character by character, each by itself (`王`), by the beginning of one of its readings (`w`, `wan`), or by a
 * whole one (`wang`), in any mixture: `王小明` is found by `王小`, `wangxiaoming`, `wxm`, `王xm`, `wangxm`, `xiaom`.
 * @param text where the name stands, folded, from `from` to before `to`
 * @param typed folded, and not empty
 */
export function matchName(text: string, from: number, to: number, typed: string, readings: Readings): Rank | undefined {
  for (let start = from; start < to; start++) {
    const end = endOfMatch(text, start, to, typed, 0, readings)
    if (end !== undefined) return start > from ? 2 : end < to ? 1 : 0
  }
  return undefined
}

/** Where in the name what was typed ends, when from `at` on it stands for the characters from `place` on. */
function endOfMatch(text: string, place: number, to: number, typed: string, at: number, readings: Readings): number | undefined {
  if (at === typed.length) return place
  if (place === to) return undefined
  const character = text.charAt(place)
  if (typed.charAt(at) === character) {
    const end = endOfMatch(text, place + 1, to, typed, at + 1, readings)
    if (end !== undefined) return end
  }
  for (const reading of readings(character)) {
    for (let length = sharedLength(reading, typed, at); length > 0; length--) {
      const end = endOfMatch(text, place + 1, to, typed, at + length, readings)
      if (end !== undefined) return end
    }
  }
  return undefined
}

function sharedLength(reading: string, typed: string, at: number): number {
  let length = 0
  while (length < reading.length && reading[length] === typed[at + length]) length++
  return length
}
