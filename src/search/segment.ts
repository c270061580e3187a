import { syllableOf } from './characters.ts'
import { withRoom } from './numbers.ts'

/** The texts that an index holds, by document; a document without text is gone. */
export interface Texts {
  length(document: number): number
  /** The UTF-16 unit at a place; 0 outside. */
  unit(document: number, at: number): number
}

/**
 * The pairs of neighbouring characters of some documents, and for each pair the documents that have it, in typed arrays:
 * written once, read often. Pair = two UTF-16 units in one number; the first character of a text is also the pair of
 * 0 and it, by which queries of one character find beginnings.
 */
export interface Segment {
  documents: readonly number[] | Uint32Array
  /** Where in `postings` the documents of a pair are; null when none of these has it. */
  find(pair: number): { from: number; to: number } | null
  postings: Uint32Array
  /** In typed arrays. */
  bytes: number
  /** Sorts the pairs by their sounds, which else waits until somebody asks: a tenth of the work of building. */
  prepareSounds(): void
  /** The pairs that are read as two syllables, or begin with two letters (see `soundKey`, `initialKey`). */
  findBySound(key: number, by: 'sound' | 'initial'): { from: number; to: number }[]
}

export function pairOf(a: number, b: number): number {
  return ((a << 16) | b) >>> 0
}

/** Brackets stand in a normal form and not in its pairs: 甲(济南) has the pairs of 甲济南. */
export function isBracket(unit: number): boolean {
  return unit === 40 || unit === 41
}

/** Calls `each` for every different pair of a text. */
export function eachPair(texts: Texts, document: number, each: (pair: number) => void): void {
  const length = texts.length(document)
  const seen: number[] = []
  let before = 0
  for (let at = 0; at < length; at++) {
    const unit = texts.unit(document, at)
    if (isBracket(unit)) continue
    const pair = pairOf(before, unit)
    before = unit
    if (seen.includes(pair)) continue
    seen.push(pair)
    each(pair)
  }
}

const syllableIds = new Map<string, number>()
/** By UTF-16 unit: the number of its syllable plus one, 0 for what has not been looked up. */
const syllableOfUnit = new Uint16Array(65_536)
const initialOfUnit = new Uint8Array(65_536)

function lookUp(unit: number): void {
  const syllable = syllableOf(String.fromCharCode(unit))
  syllableOfUnit[unit] = syllableId(syllable) + 1
  const initial = syllable.charCodeAt(0) - 96
  initialOfUnit[unit] = initial >= 1 && initial <= 26 ? initial : 0
}

/** A number for a syllable of pinyin (`jin`), the same for the life of the process. */
export function syllableId(syllable: string): number {
  const id = syllableIds.get(syllable) ?? syllableIds.size
  syllableIds.set(syllable, id)
  return id
}

/** What pairs of characters that are read alike have in common. */
export function soundKey(first: number, second: number): number {
  return first * 65_536 + second
}

/** What pairs whose readings begin alike have in common; letters from 1 (a) to 26. */
export function initialKey(first: number, second: number): number {
  return first * 32 + second
}

function soundOf(pair: number): number {
  const [first, second] = [pair >>> 16, pair & 0xffff]
  if (syllableOfUnit[first] === 0) lookUp(first)
  if (syllableOfUnit[second] === 0) lookUp(second)
  return soundKey((syllableOfUnit[first] ?? 1) - 1, (syllableOfUnit[second] ?? 1) - 1)
}

function initialOf(pair: number): number {
  const [first, second] = [pair >>> 16, pair & 0xffff]
  if (syllableOfUnit[first] === 0) lookUp(first)
  if (syllableOfUnit[second] === 0) lookUp(second)
  return initialKey(initialOfUnit[first] ?? 0, initialOfUnit[second] ?? 0)
}

/** Knuth's multiplicative hash: pairs of common characters differ in few bits. */
function slotOf(keys: Uint32Array, pair: number): number {
  const mask = keys.length - 1
  let slot = (Math.imul(pair, 2_654_435_761) >>> 7) & mask
  while (keys[slot] !== 0 && keys[slot] !== pair) slot = (slot + 1) & mask
  return slot
}

/** The different pairs of all documents, one document after the other; `ends[i]` is where those of the i-th end. */
function pairsOfAll(
  texts: Texts,
  documents: readonly number[] | Uint32Array,
): { pairs: Uint32Array; ends: Uint32Array } {
  let most = 0
  for (const document of documents) most += texts.length(document)
  const pairs = new Uint32Array(most)
  const ends = new Uint32Array(documents.length)
  let used = 0
  for (let i = 0; i < documents.length; i++) {
    const document = documents[i] ?? 0
    const from = used
    const length = texts.length(document)
    let before = 0
    for (let at = 0; at < length; at++) {
      const unit = texts.unit(document, at)
      if (isBracket(unit)) continue
      const pair = pairOf(before, unit)
      before = unit
      let seen = from
      while (seen < used && pairs[seen] !== pair) seen++
      if (seen === used) pairs[used++] = pair
    }
    ends[i] = used
  }
  return { pairs: pairs.subarray(0, used), ends }
}

/** Builds a segment of these documents: one pass that finds the pairs, one that counts, one that writes. */
export function buildSegment(texts: Texts, documents: readonly number[] | Uint32Array): Segment {
  const all = pairsOfAll(texts, documents)
  // A segment has more different pairs than documents, which spares the table most of its growing.
  let keys = new Uint32Array(Math.max(1024, 2 ** Math.floor(Math.log2(documents.length + 1))))
  /** By slot: the number of its pair, in the order in which the pairs were met. */
  let numbers = new Uint32Array(keys.length)
  let size = 0
  const grow = () => {
    const [oldKeys, oldNumbers] = [keys, numbers]
    keys = new Uint32Array(oldKeys.length * 2)
    numbers = new Uint32Array(keys.length)
    for (let slot = 0; slot < oldKeys.length; slot++) {
      const pair = oldKeys[slot] ?? 0
      if (pair !== 0) {
        const target = slotOf(keys, pair)
        keys[target] = pair
        numbers[target] = oldNumbers[slot] ?? 0
      }
    }
  }
  let counts = new Uint32Array(keys.length)
  // Each pair gives way to its number, so that it is looked for once.
  const met = all.pairs
  for (let at = 0; at < met.length; at++) {
    const pair = met[at] ?? 0
    const slot = slotOf(keys, pair)
    let number = numbers[slot] ?? 0
    if (keys[slot] === 0) {
      keys[slot] = pair
      number = numbers[slot] = size++
      counts = withRoom(counts, size)
    }
    counts[number] = (counts[number] ?? 0) + 1
    met[at] = number
    if (size * 2 > keys.length) grow()
  }
  // `ends[slot]` is where the next document of the slot goes; in the end, where its documents end.
  const ends = new Uint32Array(keys.length)
  const slots = new Uint32Array(size)
  let sum = 0
  for (let slot = 0; slot < keys.length; slot++) {
    ends[slot] = sum
    if (keys[slot] === 0) continue
    const number = numbers[slot] ?? 0
    slots[number] = slot
    sum += counts[number] ?? 0
  }
  const postings = new Uint32Array(met.length)
  let at = 0
  for (let i = 0; i < documents.length; i++) {
    for (; at < (all.ends[i] ?? 0); at++) {
      const slot = slots[met[at] ?? 0] ?? 0
      const end = ends[slot] ?? 0
      postings[end] = documents[i] ?? 0
      ends[slot] = end + 1
    }
  }
  // Slots follow one another without gaps: one begins where the one before ends.
  const rangeOf = (slot: number) => ({ from: slot === 0 ? 0 : (ends[slot - 1] ?? 0), to: ends[slot] ?? 0 })
  type BySound = Record<'sound' | 'initial', (key: number) => number[]>
  let sounds: BySound | undefined
  const bySound = () =>
    (sounds ??= {
      sound: sortedBy(keys, size, soundOf),
      initial: sortedBy(keys, size, initialOf),
    })
  return {
    documents,
    postings,
    bytes: keys.byteLength + ends.byteLength + postings.byteLength + documents.length * 4 + size * 8,
    find: (pair) => {
      const slot = slotOf(keys, pair)
      return keys[slot] === pair ? rangeOf(slot) : null
    },
    prepareSounds: () => void bySound(),
    findBySound: (key, by) =>
      bySound()
        [by](key)
        .map((slot) => rangeOf(slot)),
  }
}

/** The slots of pairs under a key, found by halving: one number a pair instead of a map of lists. */
function sortedBy(pairs: Uint32Array, size: number, keyOf: (pair: number) => number): (key: number) => number[] {
  // Key and slot in one double sort as numbers, many times faster than by a comparison.
  const packed = new Float64Array(size)
  let count = 0
  for (let slot = 0; slot < pairs.length; slot++) {
    const pair = pairs[slot] ?? 0
    if (pair !== 0) packed[count++] = keyOf(pair) * pairs.length + slot
  }
  packed.sort()
  const slots = new Uint32Array(size)
  for (let at = 0; at < size; at++) {
    const value = packed[at] ?? 0
    slots[at] = value - Math.floor(value / pairs.length) * pairs.length
  }
  const keyAt = (at: number) => keyOf(pairs[slots[at] ?? 0] ?? 0)
  return (key) => {
    let low = 0
    let high = size
    while (low < high) {
      const middle = (low + high) >>> 1
      if (keyAt(middle) < key) low = middle + 1
      else high = middle
    }
    const found: number[] = []
    for (let at = low; at < size && keyAt(at) === key; at++) found.push(slots[at] ?? 0)
    return found
  }
}
