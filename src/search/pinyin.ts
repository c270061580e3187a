import { lookAlikeRows } from './data/look-alikes.ts'
import { syllableOf } from './characters.ts'
import { initialKey, soundKey, syllableId } from './segment.ts'

/** A query in Latin letters, read as Chinese: what pairs of characters it names, and whether a text has them in a row. */
export interface Reading {
  keys: number[]
  by: 'sound' | 'initial'
  /** How many characters it stands for. */
  length: number
  isIn(text: string): boolean
}

/** Longer queries are no pinyin that anybody types. */
const longestPinyin = 60
const longestInitials = 12
/** `xian` may be 先 or 西安: so many ways to divide a query are tried. */
const divisionsMost = 4

let syllables: Set<string> | undefined

/** The syllables that characters are read by. */
function allSyllables(): Set<string> {
  syllables ??= new Set(lookAlikeRows.split(' ').map((row) => syllableOf(row.charAt(0))))
  return syllables
}

/** The ways to divide letters into syllables, longest first syllable first. */
function divisionsOf(letters: string): string[][] {
  const known = allSyllables()
  const found: string[][] = []
  let steps = 0
  const divide = (from: number, before: string[]): void => {
    if (found.length >= divisionsMost || ++steps > 2000) return
    if (from === letters.length) {
      found.push(before)
      return
    }
    for (let length = Math.min(6, letters.length - from); length > 0; length--) {
      const syllable = letters.slice(from, from + length)
      if (known.has(syllable)) divide(from + length, [...before, syllable])
    }
  }
  divide(0, [])
  return found
}

/** What a query may mean as pinyin (`jinan`) or as initials (`jnjy`); none for a query with other characters. */
export function readingsOf(query: string): Reading[] {
  if (!/^[a-z]+$/u.test(query) || query.length > longestPinyin) return []
  const readings = divisionsOf(query)
    .filter((division) => division.length > 1)
    .map((division): Reading => {
      const ids = division.map(syllableId)
      return {
        keys: ids.slice(1).map((id, at) => soundKey(ids[at] ?? 0, id)),
        by: 'sound',
        length: division.length,
        isIn: (text) => ` ${charactersOf(text).map(syllableOf).join(' ')} `.includes(` ${division.join(' ')} `),
      }
    })
  if (query.length < 3 || query.length > longestInitials) return readings
  const letters = Array.from(query, (letter) => letter.charCodeAt(0) - 96)
  return [
    ...readings,
    {
      keys: letters.slice(1).map((letter, at) => initialKey(letters[at] ?? 0, letter)),
      by: 'initial',
      length: query.length,
      isIn: (text) =>
        charactersOf(text)
          .map((character) => syllableOf(character).charAt(0))
          .join('')
          .includes(query),
    },
  ]
}

function charactersOf(text: string): string[] {
  return Array.from(text.replace(/[()]/gu, ''))
}
