import { pinyin } from 'pinyin-pro'
import type { Readings } from '../domain/nameMatch'

const known = new Map<string, readonly string[]>()

/** Every reading of a character, by pinyin-pro's dictionary; each character is looked up once, and a roster has some hundreds. */
export const readings: Readings = (character) => {
  let found = known.get(character)
  if (!found) known.set(character, found = lookUp(character))
  return found
}

function lookUp(character: string): string[] {
  const read = pinyin(character, { multiple: true, toneType: 'none', type: 'array', v: true })
  // What is in no dictionary is given back as it is.
  const letters = read.filter((reading) => /^[a-z]+$/.test(reading) && reading !== character)
  // `ü` is typed as v, as u, and as yu as passports have it.
  return [...new Set(letters.flatMap((reading) => (reading.includes('v') ? [reading, reading.replace('v', 'u'), reading.replace('v', 'yu')] : [reading])))]
}
