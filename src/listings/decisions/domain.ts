import { lastDayToReport } from '../../rulebook/annual-report.ts'
import { judgeCase, permit, type CaseState } from '../../rulebook/case.ts'
import { RuleError, type CaseEvent } from '../../rulebook/course.ts'
import { groundInForce, listOfGround } from '../../rulebook/grounds.ts'
import { addDays } from '../../rulebook/plain-date.ts'
import type { Ground, Rulebook } from '../../rulebook/rulebook.ts'
import type { Decision, DecisionFacts, Entry, RemovalReason } from '../domain.ts'
import type { DecisionAction, List } from '../vocabulary.ts'

/** The facts of the registry that a decision is judged by. */
export interface Business {
  uscc: string
  name: string
  regionCode: string
  entityType: string
}

/** What is to be decided about an entry, or about one to be made. */
export interface Proposal {
  action: DecisionAction
  list: List
  groundCode: string
  decidedOn: string
  facts: DecisionFacts
}

/** A decision that the law allows, with what follows from it. */
export interface Judgement {
  rulebook: string
  reportYear: number | null
  /** What had happened before, for the deadlines of the step. */
  history: CaseEvent[]
  dueOn: string | null
  manualReview: boolean
  expiresOn: string | null
  publishedUntil: string | null
  shown: boolean
  facts: DecisionFacts
}

/** Which deadline a decision is bound by. */
const deadlineOf: Readonly<Partial<Record<DecisionAction, readonly string[]>>> = {
  enter: ['list-by'],
  remove: ['remove-by', 'decide-by'],
  correct: ['correct-by'],
}

/** The legal deadline of a decision in a case on the day `on`; null where there is none, or its calendar is not loaded. */
export function dueDayOf(
  rulebook: Rulebook,
  proposal: Omit<Proposal, 'facts'>,
  history: readonly CaseEvent[],
): string | null {
  const { list, groundCode, decidedOn: on } = proposal
  const steps = deadlineOf[proposal.action] ?? []
  const { deadlines } = judgeCase(rulebook, { list, groundCode, history, on })
  return deadlines.find(({ step }) => steps.includes(step))?.dueOn ?? null
}

/**
 * What the law makes of entering a business on `decidedOn`: the ground must be of the list, in force, and for its kind of
 * business, and what the ground asks for must be established by then (令68 arts 6 to 9; 令69 arts 13 to 15).
 * @throws RuleError saying why not
 */
export function judgeEntering(rulebook: Rulebook, proposal: Proposal, business: Business): Judgement {
  const { list, groundCode, decidedOn, facts } = proposal
  if (listOfGround(rulebook, groundCode) !== list)
    permit(rulebook, { list, groundCode, history: [], on: decidedOn }, 'enter')
  const ground = groundInForce(rulebook, groundCode, decidedOn)
  // The rulebook says itself that a ground is not in force.
  if (ground === null) permit(rulebook, { list, groundCode, history: [], on: decidedOn }, 'enter')
  else assertFor(ground, business)
  const since = ground === null ? null : establishedOn(rulebook, ground, proposal, business)
  if (ground !== null && since !== null && since > decidedOn) {
    const detail = {
      zh: `事由于 ${since} 成立，晚于决定日期。`,
      en: `The ground is established on ${since}, after the decision.`,
    }
    throw new RuleError('not-permitted', detail, ground.article)
  }
  const history: CaseEvent[] = since === null ? [] : [{ action: 'due', on: since }]
  permit(rulebook, { list, groundCode, history, on: decidedOn }, 'enter')
  const state = judgeCase(rulebook, {
    list,
    groundCode,
    history: [...history, { action: 'enter', on: decidedOn }],
    on: decidedOn,
  })
  return {
    ...outcomeOf(state),
    reportYear: ground?.trigger === 'missing-report' ? (facts.reportYear ?? null) : null,
    history,
    dueOn: dueDayOf(rulebook, proposal, history),
    facts,
  }
}

/** The parts of a case that a decision keeps. */
function outcomeOf({ rulebook, manualReview, expiresOn, publishedUntil, isPublic: shown }: CaseState) {
  return { rulebook, manualReview, expiresOn, publishedUntil, shown }
}

function assertFor(ground: Ground, { entityType }: Business): void {
  if (ground.entityTypes.includes(entityType)) return
  const detail = {
    zh: `${ground.code} 不适用于该类主体。`,
    en: `${ground.code} is not for this kind of business (${entityType}).`,
  }
  throw new RuleError('not-permitted', detail, ground.article)
}

/** From when on the ground stands: the day after which the entry is due. Null where the law sets no such day and none is told. */
function establishedOn(
  rulebook: Rulebook,
  ground: Ground,
  { facts, decidedOn }: Proposal,
  business: Business,
): string | null {
  if (ground.trigger === 'missing-report') {
    if (facts.reportYear === undefined) throw factMissing(ground, 'reportYear')
    const lastDay = lastDayToReport(rulebook, facts.reportYear, business)
    if (decidedOn <= lastDay) {
      const detail = { zh: `${lastDay} 前仍可报送。`, en: `The report may be filed until ${lastDay}.` }
      throw new RuleError('not-permitted', detail, ground.article)
    }
    return lastDay
  }
  if (ground.trigger !== 'violation' && ground.trigger !== 'long-abnormal' && facts.establishedOn === undefined) {
    throw factMissing(ground, 'establishedOn')
  }
  if (ground.trigger === 'unreachable') assertLetters(ground, facts)
  return facts.establishedOn ?? null
}

function factMissing(ground: Ground, fact: string): RuleError {
  const detail = { zh: `此事由须填写 facts.${fact}。`, en: `This ground asks for facts.${fact}.` }
  return new RuleError('not-permitted', detail, ground.article)
}

/** Two letters to the registered address, 15 to 30 days apart (令68 art 9), where they are told. */
function assertLetters(ground: Ground, { lettersMailedOn }: DecisionFacts): void {
  const [first, second] = lettersMailedOn ?? []
  if (first === undefined || second === undefined) return
  if (addDays(first, 15) <= second && second <= addDays(first, 30)) return
  const detail = {
    zh: '两次邮寄专用信函的间隔应为15日至30日。',
    en: 'The two letters are to be mailed 15 to 30 days apart.',
  }
  throw new RuleError('not-permitted', detail, ground.article)
}

/** What has happened in the life of an entry by the decisions about it; `since` is what called for it. */
export function historyOf(decisions: readonly Decision[]): CaseEvent[] {
  return decisions.toSorted((a, b) => a.step - b.step).map(({ action, effectiveOn: on }) => ({ action, on }))
}

/**
 * What the law makes of a step in the life of an entry on `decidedOn` (rulebook 3.2 to 3.7).
 * @param history all of the case before, with what the business asked for
 * @throws RuleError for a step that is not allowed, one before its time, and one dated before the entry or before the
 * step that it follows
 */
export function judgeStep(
  rulebook: Rulebook,
  proposal: Proposal,
  entry: Entry,
  decisions: readonly Decision[],
  history: readonly CaseEvent[] = historyOf(decisions),
): Judgement {
  const { action, decidedOn: on, facts } = proposal
  const { list, groundCode, rulebook: version } = entry
  const facts_ = { list, groundCode, version, on }
  // By the decisions alone, whose steps are what the state follows from.
  const article = permit(rulebook, { ...facts_, history: historyOf(decisions) }, action)
  const last = decisions.reduce((latest, { effectiveOn }) => (effectiveOn > latest ? effectiveOn : latest), '')
  if (on < last && action !== 'revoke' && action !== 'correct') {
    const detail = {
      zh: `该记录在 ${last} 已有后续决定。`,
      en: `There is a later decision about the entry, of ${last}.`,
    }
    throw new RuleError('not-permitted', detail, article)
  }
  const before = judgeCase(rulebook, { ...facts_, history: historyOf(decisions) })
  const after = judgeCase(rulebook, {
    ...facts_,
    history: [...historyOf(decisions), { action, on: on < last ? last : on }],
    on: on < last ? last : on,
  })
  return {
    ...outcomeOf(after),
    reportYear: entry.reportYear,
    manualReview: before.manualReview,
    history: [...history],
    dueOn: dueDayOf(rulebook, { action, list, groundCode, decidedOn: on }, history),
    facts: action === 'remove' ? { ...facts, reason: facts.reason ?? reasonOf(rulebook, entry, before, on) } : facts,
  }
}

const reasonOfTrigger: Readonly<Partial<Record<Ground['trigger'], RemovalReason>>> = {
  'missing-report': 'reports-filed',
  'expired-order': 'information-published',
  falsity: 'information-corrected',
  unreachable: 'reachable',
}

/** Why an entry ends where nobody said so: the duty of its ground is done, or its term is over, or it ends before that. */
function reasonOf(rulebook: Rulebook, entry: Entry, { expiresOn }: CaseState, on: string): RemovalReason {
  const ground = rulebook.grounds.find(({ code }) => code === entry.groundCode)
  const byDuty = ground === undefined ? undefined : reasonOfTrigger[ground.trigger]
  return byDuty ?? (expiresOn !== null && on >= expiresOn ? 'term-over' : 'conditions-met')
}
