import { pinyin } from 'pinyin-pro'
import { lookAlikeRows } from './data/look-alikes.ts'
import { characterRanks } from './data/words.ts'

/** By UTF-16 unit, small numbers for the characters of the table, so that a pair is a small integer too; 0 for others. */
const numberOf = new Uint16Array(65_536)
let numbers = 0
const pairOf = (a: number, b: number) => (a < b ? a * 8192 + b : b * 8192 + a)
/**
 * How much the pairs of the table look alike, each pair with its tenths in one number, 0 where there is none. As a map of
 * doubles they were most of what the collector of garbage had to look through in a process without businesses.
 */
const likeness = new Uint32Array(2 ** Math.ceil(Math.log2(lookAlikeRows.length)))

/** Where a pair stands, or would. */
function slotOf(pair: number): number {
  const mask = likeness.length - 1
  let slot = (Math.imul(pair, 2_654_435_761) >>> 7) & mask
  while (likeness[slot] !== 0 && (likeness[slot] ?? 0) >>> 4 !== pair) slot = (slot + 1) & mask
  return slot
}

function numberFor(character: string): number {
  const unit = character.charCodeAt(0)
  if (numberOf[unit] === 0) numberOf[unit] = ++numbers
  return numberOf[unit] ?? 0
}

for (const row of lookAlikeRows.split(' ')) {
  const [first = '', ...rest] = row
  const a = numberFor(first)
  let tenths = 0
  for (const character of rest) {
    if (character >= '0' && character <= '9') tenths = Number(character)
    else {
      const pair = pairOf(a, numberFor(character))
      likeness[slotOf(pair)] = (pair << 4) | tenths
    }
  }
}

/** How much two characters look alike: 0 (not enough to be taken for one another) or 0.55 to 0.95; 1 for the same. */
export function lookAlike(a: string, b: string): number {
  if (a === b) return 1
  const numberA = numberOf[a.charCodeAt(0)] ?? 0
  const numberB = numberOf[b.charCodeAt(0)] ?? 0
  if (numberA === 0 || numberB === 0) return 0
  const found = likeness[slotOf(pairOf(numberA, numberB))] ?? 0
  return found === 0 ? 0 : ((found & 15) + 0.5) / 10
}

/** By UTF-16 unit: the place of its syllable in `syllables`; 0 for what has not been looked up. */
const syllableOfUnit = new Uint16Array(65_536)
const syllables = ['']
const placeOf = new Map<string, number>()

function placeOfSyllable(character: string): number {
  const unit = character.charCodeAt(0)
  const known = syllableOfUnit[unit] ?? 0
  if (known !== 0) return known
  const syllable = /^\p{Script=Han}$/u.test(character)
    ? (pinyin(character, { toneType: 'none', type: 'array', v: true })[0] ?? character)
    : character
  let place = placeOf.get(syllable)
  if (place === undefined) {
    place = syllables.push(syllable) - 1
    placeOf.set(syllable, place)
  }
  syllableOfUnit[unit] = place
  return place
}

/** The usual reading of a character, without its tone; other characters stand for themselves. */
export function syllableOf(character: string): string {
  return syllables[placeOfSyllable(character)] ?? ''
}

/** Whether two characters are read the same, tones aside. */
export function soundAlike(a: string, b: string): boolean {
  return a === b || placeOfSyllable(a) === placeOfSyllable(b)
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
