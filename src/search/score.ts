import { compareNames, lookAt, type NameParts, type PartDifference } from './compare.ts'
import { weights } from './data/weights.ts'
import { normaliseName } from './normalise.ts'
import { parseNormal, type ParsedName } from './parse.ts'

export type { NameParts } from './compare.ts'

export interface NameScore {
  /** 0 to 1: how likely the two are one business; 1 only for the same name, however it is written. */
  score: number
  /** Why: what differs between the two, part by part. */
  parts: NameParts
}

/** From this score on two names are taken for one business: at most 2 in 100 near misses of `test/bench/names` reach it. */
export const likelyScore = 0.25

/** Scores of names that differ stay below the 1 of the same name. */
const mostIfDifferent = 0.99

const { bias = 0, ...ofDifferences } = weights
/** The weights that weigh something: a third are nothing. */
const weighing = Object.entries(ofDifferences).filter(([, weight]) => weight !== 0)
const weightOf = (name: string) => weights[name] ?? 0
/** What rare characters can add to the odds at most: the weights that are above nothing, with what comes with them. */
const gains = {
  trade: Math.max(0, weightOf('tradeOtherRare')),
  nameOther: Math.max(0, weightOf('nameOtherOnce') + weightOf('nameOtherRare') + weightOf('nameOtherVeryRare')),
  nameLook: (length: number) =>
    Math.max(0, weightOf('nameLookVeryRare') + weightOf('nameLookShort') / Math.max(2, length)),
}

/** What the weights apply to, by name; every one is 0 for two names that differ in nothing. */
export function featuresOf({ tradeName, trade, ...parts }: NameParts): Record<string, number> {
  const slips = (part: PartDifference) => part.lookAlike + part.soundAlike + part.other
  const flag = (condition: boolean) => (condition ? 1 : 0)
  return {
    nameOtherOnce: flag(tradeName.other === 1),
    nameOtherMore: flag(tradeName.other > 1),
    nameOtherShort: flag(tradeName.other === 1 && tradeName.length < 3),
    nameOtherRare: flag(tradeName.other === 1) * tradeName.rarity,
    nameOtherVeryRare: flag(tradeName.other === 1 && tradeName.rarity > 0.8),
    nameLook: Math.min(2, tradeName.lookAlike),
    nameUnlike: Math.min(1, tradeName.unlike),
    nameLookCommon: flag(tradeName.lookAlike > 0) * (1 - tradeName.rarity),
    nameLookVeryRare: flag(tradeName.lookAlike > 0 && tradeName.rarity > 0.8),
    nameLookShort: flag(tradeName.lookAlike > 0) / Math.max(2, tradeName.length),
    nameBoth: Math.min(2, tradeName.both),
    nameSound: Math.min(2, tradeName.soundAlike),
    nameSoundRare: flag(tradeName.soundAlike > 0) * tradeName.rarity,
    tradeOther: Math.min(3, trade.other),
    tradeOtherRare: flag(trade.other === 1) * trade.rarity,
    tradeOtherKnown: flag(parts.tradesKnown && trade.other > 0),
    tradeLook: Math.min(2, trade.lookAlike),
    tradeLookKnown: flag(parts.tradesKnown && trade.lookAlike > 0),
    tradeUnlike: Math.min(1, trade.unlike),
    tradeSound: Math.min(2, trade.soundAlike),
    regionWithin: flag(parts.region === 'one-within-other'),
    regionMissing: flag(parts.region === 'one-missing'),
    regionLook: flag(parts.region === 'look-alike'),
    regionDifferent: flag(parts.region === 'different'),
    regionMoved: flag(parts.regionMoved),
    formEquivalent: flag(parts.form === 'equivalent'),
    formMissing: flag(parts.form === 'one-missing'),
    formLook: flag(parts.form === 'look-alike'),
    formDifferent: flag(parts.form === 'different'),
    branchMissing: flag(parts.branch === 'one-missing'),
    branchDifferent: flag(parts.branch === 'different'),
    branchLook: parts.branchDifference.lookAlike > 0 ? 1 : 0,
    manyDifferences: flag(slips(tradeName) + slips(trade) + flag(parts.region === 'look-alike') > 1),
  }
}

/**
 * How likely two names are one business's. Symmetric; 1 for two writings of the same name, 0 where there is nothing to
 * compare. Takes any strings.
 */
export function scoreNames(a: string, b: string): NameScore {
  return scoreParsed(parseNormal(normaliseName(a)), parseNormal(normaliseName(b)), a === b)
}

/** The same for names that are parsed already. */
export function scoreParsed(a: ParsedName, b: ParsedName, areSame = false): NameScore {
  const parts = compareNames(a, b)
  if (areSame || (a.normal === b.normal && a.normal !== '')) return { score: 1, parts }
  if (a.core === '' || b.core === '') return { score: 0, parts }
  const features = featuresOf(parts)
  let sum = bias
  for (const [name, weight] of weighing) sum += weight * (features[name] ?? 0)
  return { score: Math.min(mostIfDifferent, 1 / (1 + Math.exp(-sum))), parts }
}

/**
 * Whether two names cannot reach a score: told from their regions, branches and number of differences, at a tenth of the
 * cost of comparing them. Of the names that share pairs of characters with a name, most are of another region.
 */
export function isOutOfReach(a: ParsedName, b: ParsedName, score: number): boolean {
  if (a.normal === b.normal) return false
  const look = lookAt(a, b)
  if (look === null) return false
  let most = bias
  if (look.region === 'different') most += weightOf('regionDifferent')
  if (look.region === 'one-within-other') most += weightOf('regionWithin')
  if (look.branchMissing) most += weightOf('branchMissing')
  if (look.differences > 0) most += gains.trade + gains.nameOther + gains.nameLook(Math.max(a.tradeAt, b.tradeAt))
  if (look.differences > 1) most += weightOf('manyDifferences')
  return 1 / (1 + Math.exp(-most)) < score - 1e-9
}
