import { indexedForm } from '../search/name-index.ts'
import { normaliseName } from '../search/normalise.ts'
import { parseNormal } from '../search/parse.ts'
import { scoreParsed } from '../search/score.ts'

/**
 * How alike two names are, 0 to 1, for the length of one call: two writings of one name cost nothing but being read, and
 * no pair is compared twice.
 */
export function likenessOfCall(): (a: string, b: string) => number {
  const scores = new Map<string, number>()
  return (a, b) => {
    if (a === b) return 1
    const pair = `${a}\n${b}`
    const known = scores.get(pair)
    if (known !== undefined) return known
    const score = likeness(indexedForm(a), indexedForm(b))
    scores.set(pair, score)
    return score
  }
}

function likeness(a: string, b: string): number {
  return a === b && a !== '' ? 1 : scoreParsed(parseNormal(a), parseNormal(b)).score
}

/** Words of many names: who shares nothing but them with a name is not like it. */
const commonWords = [
  '股份有限责任公司',
  '有限公司',
  '分公司',
  '中国',
  '农民专业合作社',
  '个体工商户',
  '电子商务',
  '网络科技',
  '信息技术',
  '商贸有限',
  '贸易有限',
  '科技有限',
  '贸易商行',
  '经营部',
  '店铺',
  '旗舰店',
  '专营店',
]
const commonPairs = new Set(commonWords.flatMap(pairsOf))

/** The pairs of characters of a name that few names have: any two names that are alike share one of them at least. */
export function tellingPairs(name: string): string[] {
  const pairs = pairsOf(normaliseName(name).replace(/[^\p{L}\p{N}]/gu, ''))
  const telling = pairs.filter((pair) => !commonPairs.has(pair))
  return telling.length > 0 ? telling : pairs
}

/** The distinct pairs of neighbouring characters of a text. */
function pairsOf(text: string): string[] {
  const characters = Array.from(text)
  return [...new Set(characters.slice(1).map((character, i) => `${characters[i] ?? ''}${character}`))]
}
