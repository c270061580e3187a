import { versionInForce } from './grounds.ts'
import type { LegalText, Rulebook } from './rulebook.ts'
import { stepDue, stepPeriodFrom } from './steps.ts'

/** What the rules of publication look at in a penalty; kinds and grades are the words of the penalties themselves. */
export interface PenaltyFacts {
  kinds: readonly string[]
  grade: 'minor' | 'general' | 'serious'
  /** Food, drugs or special equipment. */
  safetyRelated: boolean
  /** The day of the decision document (认定之日). */
  decidedOn: string
  /** The day of publication (公示之日). */
  publishedOn: string
  /** The day on which the term began anew, when a repair got by false material was cancelled. */
  restartedOn: string | null
}

export interface PenaltyTerm {
  /** The version of the rules on penalties that is in force. */
  rulebook: string
  /** Last day on which it may be shown; null for one that is never shown. */
  publishedUntil: string | null
  isPublic: boolean
  article: LegalText
}

/** Kinds that are grave by themselves: 吊销、停产停业、限制从业 and their like (45 art 14(3); rulebook 3.4). */
const graveKinds: readonly string[] = [
  'licence-suspension',
  'downgrading',
  'licence-revocation',
  'business-restriction',
  'suspension-of-business',
  'closure',
  'employment-restriction',
  'detention',
]
const slightKinds: readonly string[] = ['warning', 'notice-of-criticism']

/** The grade of a penalty that nobody graded, by the examples of 国办发〔2025〕22号 二 (rulebook 3.4). */
export function gradeOf(kinds: readonly string[]): PenaltyFacts['grade'] {
  if (kinds.some((kind) => graveKinds.includes(kind))) return 'serious'
  return kinds.every((kind) => slightKinds.includes(kind)) ? 'minor' : 'general'
}

const neverPublic: LegalText = {
  zh: '《市场监督管理行政处罚信息公示规定》第二条',
  en: 'Order 45 art 2',
}

/** The step that ends the publication of a penalty, by version, and from which day it counts (rulebook 0.10, 2.7). */
function termStep(version: string, { grade, decidedOn, publishedOn, restartedOn }: PenaltyFacts): [string, string] {
  if (version === 'RV-PEN-2014') return ['PEN71-TERM', restartedOn ?? publishedOn]
  // 通报批评 and low fines, which are the minor ones.
  if (version === 'RV-PEN-2021') return [grade === 'minor' ? 'PEN-TERM-3M' : 'PEN-TERM-3Y', restartedOn ?? publishedOn]
  const step = { minor: 'REP-MIN-MAX', general: 'REP-GEN-MAX', serious: 'REP-SER-MAX' }[grade]
  return [step, restartedOn ?? decidedOn]
}

/**
 * How long a penalty may be shown, by the rules in force on `on` (rulebook 2.7, 3.7): five years of publication under
 * Order 71, three months or three years under Order 45, and since 2025-12-25 three months, one year or three years from the
 * document by grade. What was published under older rules goes by the new ones too. A warning alone is never public.
 * @returns null before the first rules on the publication of penalties
 */
export function penaltyTerm(rulebook: Rulebook, facts: PenaltyFacts, on: string): PenaltyTerm | null {
  const version = versionInForce(rulebook, 'penalties', on)
  if (version === null) return null
  if (facts.kinds.every((kind) => kind === 'warning')) {
    return { rulebook: version.code, publishedUntil: null, isPublic: false, article: neverPublic }
  }
  const [step, from] = termStep(version.code, facts)
  const publishedUntil = stepPeriodFrom(rulebook, step, from)?.dueOn ?? null
  const article = rulebook.steps.find(({ code }) => code === step)?.article ?? version.governs
  return {
    rulebook: version.code,
    publishedUntil,
    isPublic: publishedUntil !== null && facts.publishedOn <= on && on <= publishedUntil,
    article,
  }
}

/** Kinds whose publication never ends early under the rules of 2021 (45 art 14(3)). */
const neverRepaired: readonly string[] = [
  'downgrading',
  'licence-revocation',
  'business-restriction',
  'suspension-of-business',
  'closure',
  'employment-restriction',
]

/**
 * From which day on an early end of the publication may be asked for, by the rules in force on `on` (rulebook 2.8): six
 * months, for food, drugs and special equipment a year after publication under the rules of 2021; three months or a year
 * after the document, and for a minor one at once, since 2025-12-25. `from` is null where it may not be asked for.
 */
export function penaltyRepairFrom(
  rulebook: Rulebook,
  facts: PenaltyFacts,
  on: string,
): { from: string | null; article: LegalText } {
  const version = versionInForce(rulebook, 'repair', on)
  const articleOf = (step: string) => rulebook.steps.find(({ code }) => code === step)?.article ?? neverPublic
  const after = (step: string, day: string) => ({
    from: stepPeriodFrom(rulebook, step, facts.restartedOn ?? day)?.dueOn ?? null,
    article: articleOf(step),
  })
  if (version === null || version.code === 'RV-REP-0') return { from: null, article: articleOf('PEN71-TERM') }
  if (version.code === 'RV-REP-2021') {
    const step = facts.safetyRelated ? 'REP21-PEN-1Y' : 'REP21-PEN-6M'
    const isShort = facts.grade === 'minor'
    if (isShort || facts.kinds.some((kind) => neverRepaired.includes(kind)))
      return { from: null, article: articleOf(step) }
    return after(step, facts.publishedOn)
  }
  if (facts.grade === 'minor') return { from: facts.publishedOn, article: articleOf('REP-MIN-MAX') }
  return after(facts.grade === 'general' ? 'REP-GEN-MIN' : 'REP-SER-MIN', facts.decidedOn)
}

export interface RepairDeadline {
  step: 'accept-by' | 'decide-by' | 'stop-publishing-by'
  code: string
  dueOn: string | null
  article: LegalText
  provisional: boolean
}

/** What is open in the repair of a penalty: to accept it, to decide it, to stop the publication (rulebook 2.8, 3.4). */
export function penaltyRepairDeadlines(
  rulebook: Rulebook,
  repair: { filedOn: string; acceptedOn: string | null; grantedOn: string | null },
): RepairDeadline[] {
  const [step, codes, from] =
    repair.grantedOn !== null
      ? (['stop-publishing-by', ['REP21-EXE', 'REP25-PUSH'], repair.grantedOn] as const)
      : repair.acceptedOn !== null
        ? (['decide-by', ['REP21-DEC-15', 'REP25-DEC-7'], repair.acceptedOn] as const)
        : (['accept-by', ['REP21-ACC'], repair.filedOn] as const)
  for (const code of codes) {
    const due = stepDue(rulebook, code, from)
    if (due === null || due.repealed || (due.dueOn === null && !due.provisional)) continue
    return [{ step, code, dueOn: due.dueOn, article: due.step.article, provisional: due.provisional }]
  }
  return []
}
