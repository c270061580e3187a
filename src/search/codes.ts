import { withRoom } from './numbers.ts'

/** Codes of businesses by number, in the order in which they came. */
export interface CodeTable {
  /** Takes a code in; its number, and the code's from now on. */
  add(code: string): number
  codeOf(number: number): string
  numberOf(code: string): number | undefined
  /** From now on the code has no number; the number still has its code. */
  forget(code: string): void
  /** Codes that have a number. */
  readonly size: number
}

/** Characters of a unified social credit code (GB 32100-2015), all of them in ASCII. */
const width = 18

/**
 * An empty table. A million codes are 18 MB that the collector of garbage never looks through. Those that come in ascending
 * order, as all do at a start, are found by halving, the others by a map.
 */
export function createCodeTable(): CodeTable {
  let bytes = new Uint8Array(1 << 16)
  let count = 0
  /** The first so many are in ascending order. */
  let sorted = 0
  /** Where a code is that came out of order, or null where one was forgotten. */
  const others = new Map<string, number | null>()
  let size = 0

  /** Below 0 when the code of a number comes before this one. */
  const compare = (number: number, code: string): number => {
    for (let at = 0; at < width; at++) {
      const difference = (bytes[number * width + at] ?? 0) - code.charCodeAt(at)
      if (difference !== 0) return difference
    }
    return 0
  }
  const numberOf = (code: string): number | undefined => {
    if (code.length !== width) return undefined
    const other = others.get(code)
    if (other !== undefined) return other ?? undefined
    let low = 0
    let high = sorted
    while (low < high) {
      const middle = (low + high) >>> 1
      if (compare(middle, code) < 0) low = middle + 1
      else high = middle
    }
    return low < sorted && compare(low, code) === 0 ? low : undefined
  }

  return {
    add: (code) => {
      if (code.length !== width) throw new RangeError(`${code} is no code of ${width} characters`)
      const number = count++
      // At a start all are next: looking each up would take longer than all else here.
      const isNext =
        number === sorted && (number === 0 || compare(number - 1, code) < 0) && (others.size === 0 || !others.has(code))
      if (isNext || numberOf(code) === undefined) size++
      bytes = withRoom(bytes, count * width)
      for (let at = 0; at < width; at++) bytes[number * width + at] = code.charCodeAt(at)
      if (isNext) sorted++
      else others.set(code, number)
      return number
    },
    codeOf: (number) => String.fromCharCode(...bytes.subarray(number * width, (number + 1) * width)),
    numberOf,
    forget: (code) => {
      if (numberOf(code) === undefined) return
      others.set(code, null)
      size--
    },
    get size() {
      return size
    },
  }
}
