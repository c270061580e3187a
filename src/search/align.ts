import { lookAlike, soundAlike } from './characters.ts'

/** A difference between two texts: a character of one in the place of one of the other, or without one. */
export interface Edit {
  /** Where in the first text, and in the second; -1 where it is missing there. */
  a: number
  b: number
  /** 0 to 0.95: how alike the two characters look. */
  look: number
  sound: boolean
}

/** Texts longer than this are compared by their beginnings; it bounds the work of one comparison. */
const longestAligned = 160

const width = longestAligned + 1
// One comparison at a time: the table is laid once.
const costs = new Float64Array(width * width)

/** A missing character costs a little less than a wrong one, two of them more. */
const indel = 0.8
/** A character of which only a region's suffix is missing: 济南市 and 济南. */
const cheapIndel = 0.1
const regionSuffixes = '省市县区州盟旗'

/** Whether the character is the suffix of a region's name, inside the first `regionLength` characters of a text. */
export function isRegionSuffix(text: string, at: number, regionLength: number): boolean {
  return at < regionLength && regionSuffixes.includes(text.charAt(at))
}

// Functions of the module, here and in compare.ts: closures made anew for each comparison took a third of its time.
function costOfMissing(text: string, at: number, regionLength: number): number {
  return isRegionSuffix(text, at, regionLength) ? cheapIndel : indel
}

/** The likest pair of the table (0.95) costs this. */
const leastSubstitution = 0.275

function substitution(a: string, b: string): number {
  const look = lookAlike(a, b)
  if (look > 0) return 0.75 - 0.5 * look
  return soundAlike(a, b) ? 0.6 : 1
}

/**
 * The cheapest way to turn one text into the other, as its differences in order; none for equal texts.
 * @param regionA how many characters of the first text are a region, whose suffix may be missing in the other; `regionB` alike
 */
export function align(textA: string, textB: string, regionA = 0, regionB = 0): Edit[] {
  const a = textA.length > longestAligned ? textA.slice(0, longestAligned) : textA
  const b = textB.length > longestAligned ? textB.slice(0, longestAligned) : textB
  let from = 0
  const shorter = Math.min(a.length, b.length)
  while (from < shorter && a[from] === b[from]) from++
  let tail = 0
  while (tail < shorter - from && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++
  const rows = a.length - from - tail
  const columns = b.length - from - tail
  if (rows === 0 && columns === 0) return []
  costs[0] = 0
  for (let row = 1; row <= rows; row++) {
    costs[row * width] = at(row - 1, 0) + costOfMissing(a, from + row - 1, regionA)
  }
  for (let column = 1; column <= columns; column++) {
    costs[column] = at(0, column - 1) + costOfMissing(b, from + column - 1, regionB)
  }
  for (let row = 1; row <= rows; row++) {
    const characterA = a[from + row - 1] ?? ''
    const dropA = costOfMissing(a, from + row - 1, regionA)
    for (let column = 1; column <= columns; column++) {
      const characterB = b[from + column - 1] ?? ''
      const dropB = costOfMissing(b, from + column - 1, regionB)
      const dropped = Math.min(at(row - 1, column) + dropA, at(row, column - 1) + dropB)
      const diagonal = at(row - 1, column - 1)
      // What looks or sounds like what costs time to find out: only where it could be the cheapest.
      costs[row * width + column] =
        characterA === characterB
          ? Math.min(diagonal, dropped)
          : diagonal + leastSubstitution >= dropped
            ? dropped
            : Math.min(diagonal + substitution(characterA, characterB), dropped)
    }
  }
  return traceBack(a, b, from, rows, columns, regionA)
}

function at(row: number, column: number): number {
  return costs[row * width + column] ?? 0
}

function near(x: number, y: number): boolean {
  return Math.abs(x - y) < 1e-9
}

function traceBack(a: string, b: string, from: number, rows: number, columns: number, regionA: number): Edit[] {
  const edits: Edit[] = []
  let row = rows
  let column = columns
  while (row > 0 || column > 0) {
    const here = at(row, column)
    const characterA = a[from + row - 1] ?? ''
    const characterB = b[from + column - 1] ?? ''
    if (row > 0 && column > 0) {
      const same = characterA === characterB
      if (near(here, at(row - 1, column - 1) + (same ? 0 : substitution(characterA, characterB)))) {
        row--
        column--
        if (!same) {
          const sound = soundAlike(characterA, characterB)
          edits.push({ a: from + row, b: from + column, look: lookAlike(characterA, characterB), sound })
        }
        continue
      }
    }
    if (row > 0 && near(here, at(row - 1, column) + costOfMissing(a, from + row - 1, regionA))) {
      row--
      edits.push({ a: from + row, b: -1, look: 0, sound: false })
    } else {
      column--
      edits.push({ a: -1, b: from + column, look: 0, sound: false })
    }
  }
  return edits.reverse()
}
