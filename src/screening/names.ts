import { normaliseName } from '../search/normalise.ts'
import { scoreNames } from '../search/score.ts'

/** How alike two names are, 0 to 1; equal ones cost nothing. */
export function likeness(a: string, b: string): number {
  return a === b ? 1 : scoreNames(a, b).score
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
