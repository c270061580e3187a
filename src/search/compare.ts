import { align, isRegionSuffix, type Edit } from './align.ts'
import { lookAlike, rarityOf } from './characters.ts'
import type { ParsedName } from './parse.ts'
import { regionsAgree } from './regions.ts'

/** What differs between two names, part by part: the explanation of a score, and what the weights apply to. */
export interface NameParts {
  region: 'same' | 'one-within-other' | 'one-missing' | 'look-alike' | 'different' | 'none'
  regionMoved: boolean
  tradeName: PartDifference
  trade: PartDifference
  /** Whether both trades are words of trades, and differ: then they are two trades rather than a slip. */
  tradesKnown: boolean
  form: 'same' | 'equivalent' | 'one-missing' | 'look-alike' | 'different' | 'none'
  branch: 'none' | 'same' | 'one-missing' | 'different'
  branchDifference: PartDifference
}

/** The differences within one part, by kind. */
export interface PartDifference {
  /** Characters that differ, or are missing in one, and neither look nor sound alike. */
  other: number
  /** Characters taken for one another by their look, and the sum of how unlike they are all the same. */
  lookAlike: number
  unlike: number
  /** Of those that only sound alike, and of the look-alikes those that sound alike too. */
  soundAlike: number
  both: number
  /** How rare the rarer character of a pair is at most: a slip makes rare ones, two names seldom have them. */
  rarity: number
  /** Characters compared: of the longer of the two. */
  length: number
}

const noDifference = (length: number): PartDifference => ({
  other: 0,
  lookAlike: 0,
  unlike: 0,
  soundAlike: 0,
  both: 0,
  rarity: 0,
  length,
})

function count(part: PartDifference, edit: Edit, a: string, b: string): void {
  if (edit.a < 0 || edit.b < 0) {
    part.other++
    return
  }
  part.rarity = Math.max(part.rarity, rarityOf(a), rarityOf(b))
  if (edit.look > 0) {
    part.lookAlike++
    part.unlike += 1 - edit.look
    if (edit.sound) part.both++
  } else if (edit.sound) part.soundAlike++
  else part.other++
}

/** What goes on behind these without a known word is a trade that the list lacks. */
const longestTradeName = 4

/** What of a name is aligned: its region unless both have one, its core, its form and branch unless both have a form. */
function alignedText(name: ParsedName, bothRegions: boolean, bothForms: boolean): string {
  return (bothRegions ? '' : name.region) + name.core + (bothForms ? '' : name.formText + name.branch)
}

type Part = 'region' | 'tradeName' | 'unknown' | 'trade' | 'form'

/** Which part of a name a place in its aligned text belongs to; null for a place that it has not. */
function partAt(name: ParsedName, at: number, regionLength: number): Part | null {
  if (at < 0) return null
  const inCore = at - regionLength
  if (inCore < 0) return 'region'
  if (inCore < Math.min(name.tradeAt, longestTradeName)) return 'tradeName'
  if (inCore < name.tradeAt) return 'unknown'
  return inCore < name.core.length ? 'trade' : 'form'
}

function isTrade(part: Part | null): boolean {
  return part === 'trade' || part === 'unknown'
}

/** 黑南 behind 贵州 may be 黔南 damaged: where one region goes on behind the other, the characters are compared. */
function haveBothRegions(a: ParsedName, b: ParsedName): boolean {
  if (a.region === '' || b.region === '') return false
  return a.region === b.region || !(a.region.startsWith(b.region) || b.region.startsWith(a.region))
}

/** What can be told of two names that have both their region and form, without comparing character by character. */
export interface FirstLook {
  region: NameParts['region']
  branchMissing: boolean
  /** How many differences there are between trade names and trades: none, one, or 2 for all beyond. */
  differences: 0 | 1 | 2
}

/** The first look at two names; null where nothing can be told before they are compared. */
export function lookAt(a: ParsedName, b: ParsedName): FirstLook | null {
  if (a.form === null || b.form === null || !haveBothRegions(a, b)) return null
  return {
    region: compareRegions(a, b),
    branchMissing: (a.branch === '') !== (b.branch === ''),
    differences: countDifferences(a.core, b.core),
  }
}

/** Two texts differ in one place when nothing but a character of one, or of each, is left between what they share. */
function countDifferences(a: string, b: string): FirstLook['differences'] {
  const shorter = Math.min(a.length, b.length)
  let head = 0
  while (head < shorter && a[head] === b[head]) head++
  let tail = 0
  while (tail < shorter - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++
  const left = Math.max(a.length, b.length) - head - tail
  return left > 1 ? 2 : left === 1 ? 1 : 0
}

/** Compares two names part by part. Symmetric. */
export function compareNames(first: ParsedName, second: ParsedName): NameParts {
  // Which of two equally cheap ways is taken must not depend on the order.
  const [a, b] = first.normal <= second.normal ? [first, second] : [second, first]
  const bothRegions = haveBothRegions(a, b)
  const bothForms = a.form !== null && b.form !== null
  const [textA, textB] = [alignedText(a, bothRegions, bothForms), alignedText(b, bothRegions, bothForms)]
  const [regionA, regionB] = bothRegions ? [0, 0] : [a.region.length, b.region.length]
  const tradeName = noDifference(Math.max(a.tradeAt, b.tradeAt))
  const trade = noDifference(Math.max(a.core.length - a.tradeAt, b.core.length - b.tradeAt))
  const region = noDifference(Math.max(a.region.length, b.region.length))
  const form = noDifference(Math.max(a.formText.length, b.formText.length))
  let tradesKnown = false
  for (const edit of align(textA, textB, regionA, regionB)) {
    const partA = partAt(a, edit.a, regionA)
    const partB = partAt(b, edit.b, regionB)
    const [characterA, characterB] = [textA.charAt(edit.a), textB.charAt(edit.b)]
    if (partA === 'form' || partB === 'form') count(form, edit, characterA, characterB)
    else if (partA === 'region' || partB === 'region') {
      const lacksSuffix =
        edit.a < 0 ? isRegionSuffix(textB, edit.b, regionB) : edit.b < 0 && isRegionSuffix(textA, edit.a, regionA)
      if (!lacksSuffix) count(region, edit, characterA, characterB)
    } else if (isTrade(partA) || isTrade(partB)) {
      count(trade, edit, characterA, characterB)
      if ((partA ?? 'trade') === 'trade' && (partB ?? 'trade') === 'trade') tradesKnown = true
    } else count(tradeName, edit, characterA, characterB)
  }
  const branchDifference = noDifference(Math.max(a.branch.length, b.branch.length))
  if (bothForms && a.branch !== '' && b.branch !== '') {
    for (const edit of align(a.branch, b.branch)) {
      count(branchDifference, edit, a.branch[edit.a] ?? '', b.branch[edit.b] ?? '')
    }
  }
  return {
    region: bothRegions ? compareRegions(a, b) : oneRegion(a, b, region),
    regionMoved: a.regionMoved !== b.regionMoved,
    tradeName,
    trade,
    tradesKnown,
    form: bothForms ? compareForms(a, b) : oneForm(a.formText + b.formText, form),
    branch: compareBranches(a, b, branchDifference),
    branchDifference,
  }
}

const bare = (place: string) => place.replace(/(?:自治|地)?[省市县区州盟旗]$/u, '')

/** Whether two texts of the same length differ in one character that looks alike. */
function isOneSlip(a: string, b: string): boolean {
  if (a.length !== b.length) return false
  let slip = -1
  for (let at = 0; at < a.length; at++) {
    if (a[at] === b[at]) continue
    if (slip >= 0) return false
    slip = at
  }
  return slip >= 0 && lookAlike(a.charAt(slip), b.charAt(slip)) > 0
}

function compareRegions(a: ParsedName, b: ParsedName): NameParts['region'] {
  if (isOneSlip(a.region, b.region)) return 'look-alike'
  if (a.regionCodes === null || b.regionCodes === null) return bare(a.region) === bare(b.region) ? 'same' : 'different'
  if (!regionsAgree(a.regionCodes, b.regionCodes)) return 'different'
  if (a.town !== '' && b.town !== '' && a.town !== b.town) return 'different'
  const same = a.town === b.town && a.regionCodes.some((code) => b.regionCodes?.includes(code))
  return same ? 'same' : 'one-within-other'
}

/** Where at most one name has a region that is known, or more of it, the characters tell whether the other has it. */
function oneRegion(a: ParsedName, b: ParsedName, difference: PartDifference): NameParts['region'] {
  const longer = a.region.length > b.region.length ? a.region : b.region
  if (longer === '') return 'none'
  if (difference.other === 0) return difference.lookAlike + difference.soundAlike > 0 ? 'look-alike' : 'same'
  if (a.region !== '' && b.region !== '') return 'one-within-other'
  return difference.other >= bare(longer).length ? 'one-missing' : 'different'
}

function compareForms(a: ParsedName, b: ParsedName): NameParts['form'] {
  if (a.formText === b.formText) return 'same'
  if (isOneSlip(a.formText, b.formText)) return 'look-alike'
  return a.form === b.form ? 'equivalent' : 'different'
}

function oneForm(form: string, difference: PartDifference): NameParts['form'] {
  if (form === '') return 'none'
  if (difference.other >= form.length) return 'one-missing'
  return difference.other === 0 ? 'look-alike' : 'different'
}

function compareBranches(a: ParsedName, b: ParsedName, difference: PartDifference): NameParts['branch'] {
  if (a.branch === '' && b.branch === '') return 'none'
  if (a.branch === b.branch) return 'same'
  if (a.branch === '' || b.branch === '') return 'one-missing'
  return difference.other > 0 || difference.soundAlike > 0 ? 'different' : 'same'
}
