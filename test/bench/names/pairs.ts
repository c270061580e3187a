import { existsSync, readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { sharedData } from './names.ts'
import type { NamePair } from './variants.ts'

/** The pairs given, which no weight was trained on; null where the data given are not at hand. */
export function readPairs(): { synthetic: NamePair[]; real: NamePair[]; different: NamePair[] } | null {
  if (!existsSync(`${sharedData}name-pairs-different.csv`)) return null
  const rowsOf = (file: string) =>
    parse(readFileSync(`${sharedData}${file}`, 'utf8'), { columns: true, bom: true }) as unknown as Record<
      string,
      string
    >[]
  const pairsOf = (file: string, a: string, b: string, same: boolean): NamePair[] =>
    rowsOf(file).map((row) => ({ kind: row['kind'] ?? '', a: row[a] ?? '', b: row[b] ?? '', same }))
  return {
    synthetic: pairsOf('name-pairs-same-synthetic.csv', 'registered_name', 'variant', true),
    real: pairsOf('name-pairs-same-real.csv', 'name_a', 'name_b', true),
    different: pairsOf('name-pairs-different.csv', 'name_a', 'name_b', false),
  }
}

/** The score that at most `share` of the different pairs exceed. */
export function thresholdAt(different: readonly number[], share: number): number {
  const sorted = [...different].sort((a, b) => b - a)
  return sorted[Math.floor(sorted.length * share)] ?? 1
}

/** How many of the scores exceed a threshold. */
export function recallAt(scores: readonly number[], threshold: number): number {
  return scores.filter((score) => score > threshold).length / Math.max(1, scores.length)
}

/** Dice over the pairs of neighbouring characters, as written: the yardstick that parts are measured against. */
export function bigramDice(a: string, b: string): number {
  const pairs = (text: string) =>
    new Set(Array.from({ length: Math.max(0, text.length - 1) }, (_, at) => text.slice(at, at + 2)))
  const [left, right] = [pairs(a), pairs(b)]
  let shared = 0
  for (const pair of left) if (right.has(pair)) shared++
  return left.size + right.size === 0 ? 0 : (2 * shared) / (left.size + right.size)
}
