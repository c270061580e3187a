import type { ParsedName } from './parse.ts'
import { scoreParsed } from './score.ts'

/** How much of the query a name has, and how much the two share, each 0..1 (`bigram-index.ts`). */
export interface Overlap {
  contained: number
  dice: number
}

/** A name that merely shares characters with the query stays below one that means the same business. */
const overlapMost = 0.9
const lessThanSame = 0.99

/** How well a name answers a query by the characters they share alone: a fragment by how much of the name it is. */
export function overlapScore({ contained, dice }: Overlap): number {
  return (overlapMost * (contained + dice)) / 2
}

/**
 * How well a name answers a query, 0..1: certain where one is another writing of the other, else likelier the more
 * likely they are one business and the more they share.
 */
export function relevance(query: ParsedName, name: ParsedName, overlap: Overlap): number {
  if (query.normal === name.normal) return 1
  const { score } = scoreParsed(query, name)
  return Math.min(lessThanSame, 1 - (1 - score) * (1 - overlapScore(overlap)))
}

/** The overlap of two texts by their pairs of characters, all of equal weight: where no index tells how rare they are. */
export function overlapOf(query: string, name: string): Overlap {
  const bare = (text: string) => text.replace(/[()]/gu, '')
  const pairsOf = (text: string) =>
    text.length === 1 ? [text] : Array.from({ length: Math.max(0, text.length - 1) }, (_, at) => text.slice(at, at + 2))
  const [asked, had] = [new Set(pairsOf(bare(query))), new Set(pairsOf(bare(name)))]
  if (bare(query).length === 1)
    return { contained: bare(name).startsWith(bare(query)) ? 1 : 0, dice: 2 / (1 + name.length) }
  let shared = 0
  for (const pair of asked) if (had.has(pair)) shared++
  if (shared === 0) return { contained: 0, dice: 0 }
  return { contained: shared / asked.size, dice: (2 * shared) / (asked.size + had.size) }
}
