import { normaliseName } from './normalise.ts'
import { regionAt, unlistedPlaceAt } from './regions.ts'
import { tradeWordList } from './data/words.ts'

/** What kind of organisation a name says it is; forms that the law or usage takes for one are one kind. */
export type Form =
  'limited' | 'joint-stock' | 'company' | 'group' | 'cooperative' | 'factory' | 'shop' | 'office' | 'centre' | 'school'

/** A name in its parts. `region`, `core`, `formText` and `branch` in this order are the whole of it, brackets left out. */
export interface ParsedName {
  /** Its normal form. */
  normal: string
  /** The places it begins with, or has in brackets: 济南 in 济南甲有限公司 and in 甲(济南)有限公司. */
  region: string
  /** What of `region` the list does not have: a town, a county of former times. */
  town: string
  /** The GB/T 2260 codes, without closing zeros, that `region` may stand for; null where the list has none. */
  regionCodes: readonly string[] | null
  /** Whether the region stood in brackets. */
  regionMoved: boolean
  /** Trade name (字号) and trade (行业). */
  core: string
  /** Where in `core` the trade begins; `core.length` where no word of a trade is known. */
  tradeAt: number
  form: Form | null
  formText: string
  /** What follows the form: the branch (济南第2分公司). Empty for the business itself. */
  branch: string
}

/** Names are compared by this many characters; the longest registered ones have about 60. */
const longestName = 120

const companyForms: readonly [string, Form][] = [
  ['股份有限责任公司', 'joint-stock'],
  ['股份有限公司', 'joint-stock'],
  ['有限责任公司', 'limited'],
  ['有限公司', 'limited'],
  ['股份公司', 'joint-stock'],
  ['集团公司', 'group'],
  ['总公司', 'company'],
]
const otherForms: readonly [string, Form][] = [
  ['农民专业合作社联合社', 'cooperative'],
  ['农民专业合作社', 'cooperative'],
  ['专业合作社', 'cooperative'],
  ['合作社', 'cooperative'],
  ['加工厂', 'factory'],
  ['制造厂', 'factory'],
  ['厂', 'factory'],
  ['经营部', 'shop'],
  ['经销部', 'shop'],
  ['门市部', 'shop'],
  ['服务部', 'shop'],
  ['经营店', 'shop'],
  ['专卖店', 'shop'],
  ['商店', 'shop'],
  ['商行', 'shop'],
  ['店', 'shop'],
  ['行', 'shop'],
  ['部', 'shop'],
  ['工作室', 'office'],
  ['事务所', 'office'],
  ['服务中心', 'centre'],
  ['中心', 'centre'],
  ['学校', 'school'],
]

/** A company's form, wherever it stands; what follows is its branch. 分公司 and 支公司 are no forms of a head. */
const companyForm = new RegExp(`${companyForms.map(([text]) => text).join('|')}|(?<![分支子])公司`, 'u')
/** The same with one character wrong, as a scanner leaves it: 有眼公司. Any character but the first may be it. */
const damagedForm = new RegExp(
  ['股份有限公司', '有限责任公司', '有限公司']
    .flatMap((text) => Array.from(text, (_, at) => `${text.slice(0, at)}.${text.slice(at + 1)}`))
    .join('|'),
  'u',
)
const formOf = new Map(companyForms)

interface FormMatch {
  at: number
  text: string
  form: Form
}

function findForm(text: string): FormMatch | null {
  const whole = companyForm.exec(text)
  const damaged = whole === null || whole[0] === '公司' ? damagedForm.exec(text) : null
  if (damaged !== null && damaged.index > 1) {
    return {
      at: damaged.index,
      text: damaged[0],
      form: damaged[0].length > 4 && damaged[0].startsWith('股') ? 'joint-stock' : 'limited',
    }
  }
  if (whole !== null && whole.index > 0) {
    return { at: whole.index, text: whole[0], form: formOf.get(whole[0]) ?? 'company' }
  }
  for (const [suffix, form] of otherForms) {
    if (text.length > suffix.length + 1 && text.endsWith(suffix)) {
      return { at: text.length - suffix.length, text: suffix, form }
    }
  }
  return null
}

/** Takes the places off the head of a text. */
function takeRegion(text: string): { length: number; listed: number; codes: readonly string[] | null } {
  let length = 0
  let codes: readonly string[] | null = null
  for (let steps = 0; steps < 4; steps++) {
    const rest = text.slice(length)
    // A name is more than a place: at least two characters stay.
    const place = regionAt(rest, codes === null || codes.includes('') ? null : codes)
    if (place === null || length + place.length + 2 > text.length) break
    length += place.length
    codes = place.codes
  }
  return { length: length + unlistedPlaceAt(text.slice(length), codes !== null), listed: length, codes }
}

/** What registers add in brackets about the kind of business; it is no part of the name that tells two apart. */
const note = /\((?:微型企业|个体工商户|个人独资|个人独资企业|普通合伙|特殊普通合伙|有限合伙|非独立核算|分支机构)\)$/u

const inBrackets = /\(([^()]*)\)/gu

/** Puts a place in brackets before the rest, so that 甲(济南)有限公司 reads 济南甲有限公司, and drops all brackets. */
function moveRegion(text: string): { text: string; moved: boolean } {
  for (const match of text.matchAll(inBrackets)) {
    const inner = match[1] ?? ''
    // Behind a company's form stands its branch, whose places are its own.
    if (match.index < 2 || companyForm.test(text.slice(0, match.index))) continue
    if (regionAt(inner, null) === null && unlistedPlaceAt(`${inner}某某`, false) < inner.length) continue
    const without = text.slice(0, match.index) + text.slice(match.index + match[0].length)
    return { text: inner + without.replace(/[()]/gu, ''), moved: true }
  }
  return { text: text.replace(/[()]/gu, ''), moved: false }
}

const tradeWords = new Set(tradeWordList.split(' '))
const longestTrade = 4

/** Where the trade begins in a trade name with trade: before the run of known words that ends it. */
function findTrade(core: string): number {
  let at = core.length
  for (;;) {
    let step = 0
    for (let length = Math.min(longestTrade, at - 1); length >= 2; length--) {
      const word = core.slice(at - length, at)
      // 农业, 药业, 矿业: whatever stands before 业 at the end is a trade.
      if (tradeWords.has(word) || (length === 2 && word.endsWith('业'))) {
        step = length
        break
      }
    }
    // A trade name has at least two characters, unless nothing else is left.
    if (step === 0 || at - step < 2) return at
    at -= step
  }
}

/** A name in its parts. Takes any string. */
export function parseName(name: string): ParsedName {
  return parseNormal(normaliseName(name))
}

/** The same for a name that is in its normal form already. */
export function parseNormal(normal: string): ParsedName {
  const { text, moved } = moveRegion(normal.slice(0, longestName).replace(note, ''))
  const form = findForm(text)
  const head = form === null ? text : text.slice(0, form.at)
  const region = takeRegion(head)
  const core = head.slice(region.length)
  return {
    normal,
    region: head.slice(0, region.length),
    town: head.slice(region.listed, region.length),
    regionCodes: region.codes,
    regionMoved: moved,
    core,
    tradeAt: findTrade(core),
    form: form?.form ?? null,
    formText: form?.text ?? '',
    branch: form === null ? '' : text.slice(form.at + form.text.length),
  }
}
