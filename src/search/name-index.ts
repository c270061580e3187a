import { createBigramIndex } from './bigram-index.ts'
import { normaliseName } from './normalise.ts'
import { parseName, parseNormal, type ParsedName } from './parse.ts'
import { isOutOfReach, scoreParsed, type NameParts } from './score.ts'

export interface NameEntry {
  /** What the caller knows the business by. */
  key: string
  /** Its name and whatever else it is known by. */
  names: readonly string[]
}

export interface NameMatch {
  key: string
  /** The name of the entry that matched best. */
  name: string
  score: number
  parts: NameParts
}

interface Held {
  key: string
  name: string
  /** Made when it is first compared. */
  parsed: ParsedName | null
}

/** Finds the businesses that a name may mean, among some. */
export interface NameIndex {
  /** Adds an entry, or takes the place of the one with its key. */
  add(entry: NameEntry): void
  remove(key: string): void
  /**
   * Entries whose names score at least `threshold` against this one (`scoreNames`), best first, at most `limit`.
   */
  find(name: string, options: { limit: number; threshold: number }): NameMatch[]
  readonly size: number
}

/** How many of the names that share the most with the one asked for are compared part by part. */
const comparedMost = 40

/** An index of these entries: about 10 µs to add one, below a millisecond to find among 50,000. */
export function createNameIndex(entries: Iterable<NameEntry> = []): NameIndex {
  let index = createBigramIndex()
  /** By document. */
  let held: (Held | undefined)[] = []
  const documentsOf = new Map<string, number[]>()

  const remove = (key: string) => {
    for (const document of documentsOf.get(key) ?? []) {
      index.remove(document)
      held[document] = undefined
    }
    documentsOf.delete(key)
  }
  const add = ({ key, names }: NameEntry) => {
    remove(key)
    const documents = names.map((name) => {
      const document = index.add(indexedForm(name))
      held[document] = { key, name, parsed: null }
      return document
    })
    documentsOf.set(key, documents)
    if (index.waste > 1000 && index.waste > index.size) rebuild()
  }
  /** Gives back the room of removed entries. */
  const rebuild = () => {
    const present = [...documentsOf].map(([key, documents]) => ({
      key,
      names: documents.flatMap((document) => held[document]?.name ?? []),
    }))
    index = createBigramIndex()
    held = []
    documentsOf.clear()
    present.forEach(add)
  }
  for (const entry of entries) add(entry)

  const find: NameIndex['find'] = (name, { limit, threshold }) => {
    const query = indexedForm(name)
    const parsed = parseNormal(query)
    const best = new Map<string, NameMatch>()
    for (const { document } of index.find(query.replace(/[()]/gu, ''), { limit: comparedMost })) {
      const entry = held[document]
      if (entry === undefined) continue
      entry.parsed ??= parseName(entry.name)
      if (isOutOfReach(parsed, entry.parsed, threshold)) continue
      const { score, parts } = scoreParsed(parsed, entry.parsed)
      if (score < threshold || score <= (best.get(entry.key)?.score ?? 0)) continue
      best.set(entry.key, { key: entry.key, name: entry.name, score, parts })
    }
    return [...best.values()].sort((a, b) => b.score - a.score || (a.key < b.key ? -1 : 1)).slice(0, limit)
  }
  return {
    add,
    remove,
    find,
    get size() {
      return documentsOf.size
    },
  }
}

/** The normal form of a name as it is indexed: cut where no name goes on. */
export function indexedForm(name: string): string {
  return normaliseName(name).slice(0, longestIndexed)
}

const longestIndexed = 200
