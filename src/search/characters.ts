import { pinyin } from 'pinyin-pro'
import { lookAlikeRows } from './data/look-alikes.ts'
import { characterRanks } from './data/words.ts'

/** Small numbers for the characters of the table, so that a pair is a small integer too. */
const idOf = new Map<string, number>()
const likeness = new Map<number, number>()
const pairOf = (a: number, b: number) => (a < b ? a * 8192 + b : b * 8192 + a)

function idFor(character: string): number {
  const id = idOf.get(character) ?? idOf.size
  idOf.set(character, id)
  return id
}

for (const row of lookAlikeRows.split(' ')) {
  const [first = '', ...rest] = row
  const a = idFor(first)
  let tenths = 0
  for (const character of rest) {
    if (character >= '0' && character <= '9') tenths = Number(character)
    else likeness.set(pairOf(a, idFor(character)), (tenths + 0.5) / 10)
  }
}

/** How much two characters look alike: 0 (not enough to be taken for one another) or 0.55 to 0.95; 1 for the same. */
export function lookAlike(a: string, b: string): number {
  if (a === b) return 1
  const idA = idOf.get(a)
  const idB = idOf.get(b)
  return idA === undefined || idB === undefined ? 0 : (likeness.get(pairOf(idA, idB)) ?? 0)
}

const syllables = new Map<string, string>()

/** The usual reading of a character, without its tone; other characters stand for themselves. */
export function syllableOf(character: string): string {
  const known = syllables.get(character)
  if (known !== undefined) return known
  const syllable = /^\p{Script=Han}$/u.test(character)
    ? (pinyin(character, { toneType: 'none', type: 'array', v: true })[0] ?? character)
    : character
  syllables.set(character, syllable)
  return syllable
}

/** Whether two characters are read the same, tones aside. */
export function soundAlike(a: string, b: string): boolean {
  return a === b || syllableOf(a) === syllableOf(b)
}

const rankOf = new Map<string, number>()
const ranks = characterRanks.split(' ')
ranks.forEach((characters, rank) => {
  for (const character of characters) rankOf.set(character, rank)
})

/** How rare a character is in trade names: 0 for the commonest, 1 for one that is hardly ever there. */
export function rarityOf(character: string): number {
  return (rankOf.get(character) ?? ranks.length) / ranks.length
}
