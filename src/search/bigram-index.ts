import { withRoom } from './numbers.ts'
import { buildSegment, eachPair, isBracket, pairOf, type Segment, type Texts } from './segment.ts'

/** A document found, with how much of the query's weight and of both weights together it has (0..1 each). */
export interface Candidate {
  document: number
  contained: number
  dice: number
}

export interface FindOptions {
  /** How many of the best to answer. */
  limit: number
  /** Documents that are not wanted. */
  accepts?: (document: number) => boolean
}

/**
 * An index of short texts by their pairs of neighbouring characters. Documents are numbered in the order in which they
 * were added. Not for names alone, but made for them: texts beyond 65,535 characters are cut.
 */
export interface BigramIndex {
  add(text: string): number
  /**
   * Adds many for building: they are made segments once there are enough of them, or something is looked for. The number of
   * the first.
   */
  addAll(texts: Iterable<string>): number
  remove(document: number): void
  textOf(document: number): string
  /** The documents that share most of the query's pairs, weighed by how rare they are; best first. */
  find(query: string, options: FindOptions): Candidate[]
  /** Does in small pieces what the first question by sound would else wait for. */
  prepareSounds(): Generator<void>
  /** Those with pairs that are read like these; `keys` in order, each with `by` as in `Segment.findBySound`. */
  findBySound(keys: readonly number[], by: 'sound' | 'initial', options: FindOptions): Candidate[]
  /** Documents held, and removed ones whose room is not free yet. */
  readonly size: number
  readonly waste: number
  /** Bytes in typed arrays. */
  readonly bytes: number
}

/** New documents are kept in maps until there are as many, then become a segment. */
const liveMost = 1024
/** Documents added by `addAll` become a segment at once: fewer would take more memory, more would hold up requests. */
const segmentMost = 25_000
/** Segments of fewer documents are joined when there are more than `smallMost` of them. */
const smallSegment = 8192
const smallMost = 8
/** The most documents looked at for one query, over all its pairs: about 1 ms of work. */
const workMost = 40_000
/** How many of those with the greatest sums are compared exactly: twice as many as are wanted, and at most so many. */
const compareMost = 300

/** An empty index. */
export function createBigramIndex(): BigramIndex {
  let units = new Uint16Array(1 << 16)
  let starts = new Uint32Array(1 << 12)
  let alive = new Uint8Array(1 << 12)
  let sums = new Float32Array(1 << 12)
  let count = 0
  let used = 0
  let removed = 0
  let segments: Segment[] = []
  /** Added by `addAll`, and not yet in a segment: from the first to the last. */
  let loaded = { from: 0, to: 0 }
  let live: number[] = []
  let livePairs = new Map<number, number[]>()

  const texts: Texts = {
    length: (document) => (starts[document + 1] ?? 0) - (starts[document] ?? 0),
    unit: (document, at) => units[(starts[document] ?? 0) + at] ?? 0,
  }

  const freeze = () => {
    segments.push(buildSegment(texts, Uint32Array.from(live)))
    live = []
    livePairs = new Map()
    const small = segments.filter((segment) => segment.documents.length < smallSegment)
    if (small.length <= smallMost) return
    const documents = small.flatMap((segment) => [...segment.documents].filter((document) => alive[document] === 1))
    segments = segments.filter((segment) => segment.documents.length >= smallSegment)
    segments.push(buildSegment(texts, Uint32Array.from(documents)))
  }

  const store = (text: string): number => {
    const document = count++
    const length = Math.min(text.length, 65_535)
    starts = withRoom(starts, document + 2)
    alive = withRoom(alive, document + 2)
    sums = withRoom(sums, document + 2)
    units = withRoom(units, used + length)
    for (let at = 0; at < length; at++) units[used + at] = text.charCodeAt(at)
    used += length
    starts[document + 1] = used
    alive[document] = 1
    return document
  }
  const add = (text: string): number => {
    const document = store(text)
    live.push(document)
    eachPair(texts, document, (pair) => {
      const documents = livePairs.get(pair)
      if (documents === undefined) livePairs.set(pair, [document])
      else documents.push(document)
    })
    if (live.length >= liveMost) freeze()
    return document
  }

  const freezeLoaded = () => {
    const { from, to } = loaded
    if (from < to)
      segments.push(
        buildSegment(
          texts,
          Uint32Array.from({ length: to - from }, (_, at) => from + at),
        ),
      )
    loaded = { from: to, to }
  }

  /** Where documents of a pair are listed, and how many there are. */
  const listsOf = (pair: number) => {
    const lists: DocumentList[] = []
    for (const segment of segments) {
      const range = segment.find(pair)
      if (range !== null) lists.push({ documents: segment.postings, ...range })
    }
    const own = livePairs.get(pair)
    if (own !== undefined) lists.push({ documents: own, from: 0, to: own.length })
    return lists
  }

  /** Adds up the weights of groups of lists, rarest first, as far as the work allows; the documents with the most. */
  const gather = (groups: readonly Group[], options: FindOptions): number[] => {
    const sized = groups.filter(({ size }) => size > 0).sort((a, b) => a.size - b.size)
    const wanted = options.accepts
    const touched: number[] = []
    let work = 0
    for (const { lists, size } of sized) {
      // The first is looked at whatever it costs, since it may be all there is; one that every tenth name has, only then.
      if (work > 0 && (work + size > workMost || size * 10 > count)) break
      const weight = rarity(size)
      for (const { documents, from, to } of lists) {
        const end = Math.min(to, from + workMost)
        for (let at = from; at < end; at++) {
          const document = documents[at] ?? 0
          const sum = sums[document] ?? 0
          if (sum === 0) {
            if (alive[document] === 0 || (wanted !== undefined && !wanted(document))) continue
            touched.push(document)
          }
          sums[document] = sum + weight
        }
      }
      work += size
    }
    const best = mostOf(touched, sums, texts, Math.min(compareMost, options.limit * 2))
    for (const document of touched) sums[document] = 0
    return best
  }

  /** What having a pair is worth, of which so many documents have: nearly nothing where all have it. */
  const rarity = (size: number) => Math.log(Math.max(1, count / Math.max(1, size))) + 0.01
  const find = (query: string, options: FindOptions): Candidate[] => {
    freezeLoaded()
    const pairs = pairsOf(query)
    const inner = pairs.filter((pair) => pair > 0xffff)
    // The pair of the beginning narrows only a query of one character, which has no other.
    const groups = (inner.length > 0 ? inner : pairs).map((pair) => ({ pair, ...groupOf(listsOf(pair)) }))
    const documents = gather(groups, options)
    const weights = new Map(inner.length > 0 ? groups.map(({ pair, size }) => [pair, rarity(size)]) : [])
    const whole = [...weights.values()].reduce((sum, weight) => sum + weight, 0)
    const commonWeight = weights.size === 0 ? 1 : whole / weights.size
    const candidates = documents.map((document) => {
      let shared = 0
      let others = 0
      let before = 0
      const length = texts.length(document)
      for (let at = 0; at < length; at++) {
        const unit = texts.unit(document, at)
        if (isBracket(unit)) continue
        const weight = before === 0 ? 0 : weights.get(pairOf(before, unit))
        before = unit
        if (weight === undefined) others++
        else shared += weight
      }
      if (whole === 0) return { document, contained: 1, dice: 2 / (1 + length) }
      shared = Math.min(shared, whole)
      return { document, contained: shared / whole, dice: (2 * shared) / (whole + shared + others * commonWeight) }
    })
    return best(candidates, options.limit)
  }

  const findBySound = (keys: readonly number[], by: 'sound' | 'initial', options: FindOptions): Candidate[] => {
    freezeLoaded()
    const groups = [...new Set(keys)].map((key) =>
      groupOf(
        segments.flatMap((segment) =>
          segment.findBySound(key, by).map((range): DocumentList => ({ documents: segment.postings, ...range })),
        ),
      ),
    )
    // The newest documents are few: they are all candidates.
    const documents = [
      ...gather(groups, options),
      ...live.filter((d) => alive[d] === 1 && options.accepts?.(d) !== false),
    ]
    return documents.map((document) => ({ document, contained: 0, dice: 0 }))
  }

  return {
    add,
    addAll: (many) => {
      const first = count
      if (loaded.to < first) {
        freezeLoaded()
        loaded = { from: first, to: first }
      }
      for (const text of many) loaded.to = store(text) + 1
      if (loaded.to - loaded.from >= segmentMost) freezeLoaded()
      return first
    },
    remove: (document) => {
      if (alive[document] !== 1) return
      alive[document] = 0
      removed++
    },
    textOf: (document) => {
      const start = starts[document] ?? 0
      return String.fromCharCode(...units.subarray(start, start + texts.length(document)))
    },
    find,
    *prepareSounds() {
      freezeLoaded()
      for (const segment of segments) {
        segment.prepareSounds()
        yield
      }
    },
    findBySound,
    get size() {
      return count - removed
    },
    get waste() {
      return removed
    },
    get bytes() {
      const own = units.byteLength + starts.byteLength + alive.byteLength + sums.byteLength
      return segments.reduce((sum, segment) => sum + segment.bytes, own)
    },
  }
}

interface DocumentList {
  documents: readonly number[] | Uint32Array
  from: number
  to: number
}

/** Where the documents of one pair, or of pairs that sound alike, are listed; `size` of them. */
interface Group {
  lists: DocumentList[]
  size: number
}

function groupOf(lists: DocumentList[]): Group {
  return { lists, size: lists.reduce((sum, { from, to }) => sum + to - from, 0) }
}

function pairsOf(query: string): number[] {
  const pairs = new Set<number>()
  for (let at = -1; at + 1 < query.length; at++) {
    pairs.add(pairOf(at < 0 ? 0 : query.charCodeAt(at), query.charCodeAt(at + 1)))
  }
  return [...pairs]
}

/** About `most` of these documents: those with the greatest sums, of equal ones the shortest. In no order. */
function mostOf(documents: readonly number[], sums: Float32Array, texts: Texts, most: number): number[] {
  if (documents.length <= most) return [...documents]
  const values = new Float32Array(documents.length)
  let greatest = 0
  for (let at = 0; at < values.length; at++) {
    const document = documents[at] ?? 0
    const value = (sums[document] ?? 0) + 1 / (1 + texts.length(document))
    values[at] = value
    if (value > greatest) greatest = value
  }
  // Sorting a hundred thousand numbers takes longer than all the rest: they are counted by classes.
  const classes = new Uint32Array(1024)
  const scale = 1023 / greatest
  for (const value of values) {
    const at = Math.floor(value * scale)
    classes[at] = (classes[at] ?? 0) + 1
  }
  let least = 1023
  for (let taken = classes[least] ?? 0; taken < most && least > 0; taken += classes[least] ?? 0) least--
  const found: number[] = []
  for (let at = 0; at < values.length && found.length < most * 2; at++) {
    if (Math.floor((values[at] ?? 0) * scale) >= least) found.push(documents[at] ?? 0)
  }
  return found
}

function best(candidates: Candidate[], limit: number): Candidate[] {
  const value = (candidate: Candidate) => candidate.contained + candidate.dice
  return candidates.sort((a, b) => value(b) - value(a) || a.document - b.document).slice(0, limit)
}
