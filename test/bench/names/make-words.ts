/**
 * Makes src/search/data/words.ts from the names given: the words of trades (those that stand behind trade names, and
 * rarely at their beginning) and how common each character is in trade names. Counts only: no name can be read from them.
 * `node --import tsx test/bench/names/make-words.ts`
 */
import { writeFileSync } from 'node:fs'
import { parseName } from '../../../src/search/parse.ts'
import { readNames } from './names.ts'

const names = readNames()
if (names === null) throw new Error('../shared/data/names-200k.tsv.gz is not there')
const cores = names.map(({ name }) => parseName(name).core).filter((core) => core.length >= 3)

const words = new Set<string>()
/** Where the known trade words that end a core begin. */
function tradeStart(core: string): number {
  let at = core.length
  for (;;) {
    let step = 0
    for (let length = Math.min(4, at - 2); length >= 2 && step === 0; length--) {
      if (words.has(core.slice(at - length, at))) step = length
    }
    if (step === 0) return at
    at -= step
  }
}

const leastCount = 25
const leastBehind = 0.75
/** A word that mostly follows one same character is the end of a longer word. */
const mostAfterOne = 0.55
for (let round = 0; round < 5; round++) {
  const behind = new Map<string, Set<string>>()
  const preceding = new Map<string, Map<string, number>>()
  const anywhere = new Map<string, number>()
  const inTrade = new Map<string, number>()
  for (const core of cores) {
    const at = tradeStart(core)
    for (let length = 2; length <= 4; length++) {
      if (at - length >= 2) {
        const word = core.slice(at - length, at)
        const contexts = behind.get(word) ?? new Set()
        behind.set(word, contexts.add(core.slice(0, 2)))
        inTrade.set(word, (inTrade.get(word) ?? 0) + 1)
        const before = preceding.get(word) ?? new Map<string, number>()
        const character = core[at - length - 1] ?? ''
        preceding.set(word, before.set(character, (before.get(character) ?? 0) + 1))
      }
      for (let from = 0; from + length <= core.length; from++) {
        if (from >= 2) continue
        const word = core.slice(from, from + length)
        anywhere.set(word, (anywhere.get(word) ?? 0) + 1)
      }
    }
  }
  const before = words.size
  for (const [word, contexts] of behind) {
    const count = inTrade.get(word) ?? 0
    const share = count / (count + (anywhere.get(word) ?? 0))
    const afterOne = Math.max(...(preceding.get(word)?.values() ?? [])) / count
    if (contexts.size >= leastCount && share >= leastBehind && afterOne <= mostAfterOne) words.add(word)
  }
  // A longer word that ends in a known one is only its compound, unless nothing of it is known otherwise.
  for (const word of words) {
    if (word.length > 2 && words.has(word.slice(-2)) && (word.length === 3 || words.has(word.slice(0, 2)))) {
      words.delete(word)
    }
  }
  if (words.size === before) break
}

const counts = new Map<string, number>()
for (const core of cores) {
  for (const character of core.slice(0, tradeStart(core))) counts.set(character, (counts.get(character) ?? 0) + 1)
}
// Each rank is half as common as the one before it, or less.
const ranks: string[][] = []
const most = Math.max(...counts.values())
for (const [character, count] of [...counts].sort((a, b) => b[1] - a[1])) {
  if (count < 4) break
  const rank = Math.floor(Math.log2(most / count))
  ranks[rank] = [...(ranks[rank] ?? []), character]
}

writeFileSync(
  'src/search/data/words.ts',
  `// Made by test/bench/names/make-words.ts: counts over 200,000 registered names.
/** Words of trades. */
export const tradeWordList =
  '${[...words].sort().join(' ')}'

/** Characters of trade names, the commonest first; those of a rank are half as common as those of the one before. */
export const characterRanks =
  '${Array.from(ranks, (rank) => (rank ?? []).join('')).join(' ')}'
`,
)
