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
 * @param name folded, as is `typed`, which is not empty
 */
export function matchName(name: string, typed: string, readings: Readings): Rank | undefined {
  const characters = Array.from(name)
  const endOf = (place: number, at: number): number | undefined => {
    if (at === typed.length) return place
    const character = characters[place]
    if (character === undefined) return undefined
    if (typed.startsWith(character, at)) {
      const end = endOf(place + 1, at + character.length)
      if (end !== undefined) return end
    }
    for (const reading of readings(character)) {
      for (let length = sharedLength(reading, typed, at); length > 0; length--) {
        const end = endOf(place + 1, at + length)
        if (end !== undefined) return end
      }
    }
    return undefined
  }
  const end = endOf(0, 0)
  if (end !== undefined) return end === characters.length ? 0 : 1
  for (let place = 1; place < characters.length; place++) if (endOf(place, 0) !== undefined) return 2
  return undefined
}

function sharedLength(reading: string, typed: string, at: number): number {
  let length = 0
  while (length < reading.length && reading[length] === typed[at + length]) length++
  return length
}
