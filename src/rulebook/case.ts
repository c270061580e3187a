import { caseDeadlines, type Deadline } from './case-deadlines.ts'
import {
  datedBeforeEntry,
  follow,
  lastAsked,
  RuleError,
  type CaseAction,
  type CaseFacts,
  type Course,
} from './course.ts'
import { afterExitOn, exitDays, exitPolicyOn, type ExitDays } from './exits.ts'
import { addDays, isWithin } from './plain-date.ts'
import type { ExitPolicy, LegalText, List, Rulebook } from './rulebook.ts'
import { stepDue } from './steps.ts'

export interface Permission {
  action: CaseAction
  article: LegalText
}

export interface CaseState {
  /** `due` while nothing was entered yet. */
  status: Course['status']
  /** The version that governs the entry: the one in force on the day it was entered (rulebook 3.1). */
  rulebook: string
  /** What the law allows on the day `on`, each with its article. */
  permitted: Permission[]
  /** What is open on the day `on`. */
  deadlines: Deadline[]
  /** The day on which the term is over; null without a term. */
  expiresOn: string | null
  /** Last day on which the entry may be shown; null while no end is known. */
  publishedUntil: string | null
  /** Whether the public may see the entry on the day `on` (rulebook 2.6, 2.8, 3.6, 7). */
  isPublic: boolean
  /** How it ends, for what acts by itself. */
  exitPolicy: ExitPolicy['policy']
  /** The law leaves it open which rule applies (rulebook 3.7): every step needs a look and two people. */
  manualReview: boolean
}

/**
 * What the law makes of a case on a day.
 * @throws RuleError for a ground that the list or the day does not know, and for a history that the law cannot have
 */
export function judgeCase(rulebook: Rulebook, facts: CaseFacts): CaseState {
  const course = follow(rulebook, facts)
  const { on } = facts
  const policy = exitPolicyOn(rulebook, facts.groundCode, on)
  const days = exitDays(policy, course.termFrom ?? on)
  const { deadlines, promotionIsOpen } = caseDeadlines(rulebook, facts.list, course, days, on)
  const isInForce = course.status === 'in-force'
  return {
    status: course.status,
    rulebook: course.version,
    permitted: permissions(rulebook, course, policy, days, on),
    deadlines,
    expiresOn: isInForce ? days.expiresOn : null,
    ...publication(rulebook, facts.list, course, days, on),
    exitPolicy: policy?.policy ?? 'manual',
    manualReview: isInForce && (policy === null || policy.policy === 'manual' || promotionIsOpen),
  }
}

/**
 * The article by which `action` is allowed on the day `facts.on`, after all of `facts.history`.
 * @throws RuleError saying why the law does not allow it
 */
export function permit(rulebook: Rulebook, facts: CaseFacts, action: CaseAction): LegalText {
  const course = follow(rulebook, facts)
  const { on } = facts
  const enteredOn = facts.history.find((event) => event.action === 'enter')?.on
  if (enteredOn !== undefined && on < enteredOn) throw datedBeforeEntry(on, enteredOn, course.ground)
  const policy = exitPolicyOn(rulebook, facts.groundCode, on)
  const days = exitDays(policy, course.termFrom ?? on)
  const allowed = permissions(rulebook, course, policy, days, on).find((permission) => permission.action === action)
  if (allowed !== undefined) return allowed.article
  const earliest = days.earlyExitFrom ?? days.expiresOn
  if (
    (action === 'remove' || action === 'apply') &&
    course.status === 'in-force' &&
    earliest !== null &&
    on < earliest
  ) {
    const detail = {
      zh: `${earliest} 之前不得移出。`,
      en: `It cannot come off before ${earliest}.`,
    }
    throw new RuleError('too-early', detail, policy?.article ?? course.ground.exit.article)
  }
  const detail = {
    zh: `记录在 ${on} 的状态为“${course.status}”，不允许“${action}”。`,
    en: `On ${on} the entry is “${course.status}”, which does not allow “${action}”.`,
  }
  throw new RuleError('not-permitted', detail, articleAgainst(course, policy, action))
}

function articleAgainst(course: Course, policy: ExitPolicy | null, action: CaseAction): LegalText {
  if (action === 'remove' || action === 'apply' || action === 'restore') {
    return policy?.article ?? course.ground.exit.article
  }
  return action === 'object' || action === 'correct' || action === 'uphold'
    ? course.ground.correction
    : course.ground.article
}

const remedies: LegalText = {
  zh: '《行政复议法》、《行政诉讼法》',
  en: 'Administrative Reconsideration Law, Administrative Litigation Law',
}

function permissions(
  rulebook: Rulebook,
  course: Course,
  policy: ExitPolicy | null,
  days: ExitDays,
  on: string,
): Permission[] {
  const { ground, status, exit, objection } = course
  const all: Permission[] = []
  const allow = (action: CaseAction, article: LegalText, when = true) => {
    if (when) all.push({ action, article })
  }
  if (status === 'due') allow('enter', ground.article, isWithin(ground, on))
  const exitArticle = ground.list === 'abnormal' ? ground.exit.article : (policy?.article ?? ground.exit.article)
  if (status === 'in-force') {
    const mayExit = exitIsOpen(ground.list, policy, days, on)
    allow('apply', exitArticle, mayExit && exit === null && (days.applyBefore === null || on < days.applyBefore))
    allow('object', ground.correction, objection === null && objectionIsOpen(rulebook, course, on))
    const asked = lastAsked(course)
    allow('accept', asked === 'objection' ? ground.correction : exitArticle, asked !== null)
    allow('refuse', objection !== null ? ground.correction : exitArticle, objection !== null || exit !== null)
    allow('uphold', ground.correction, objection?.acceptedOn != null && objection.upheldOn === null)
    allow('remove', exitArticle, mayExit)
  }
  if (status === 'in-force' || status === 'removed') {
    allow('revoke', ground.list === 'serious-violator' ? ground.correction : remedies)
    allow('correct', ground.correction)
  }
  allow('restore', exitArticle, status === 'removed')
  return all
}

/** Whether the law lets an entry end on `on`: on the abnormal list when the duty is done, on the other by its days. */
function exitIsOpen(list: List, policy: ExitPolicy | null, days: ExitDays, on: string): boolean {
  if (list === 'abnormal') return true
  if (policy === null) return false
  const from = days.earlyExitFrom ?? days.expiresOn
  return from === null || on >= from
}

function objectionIsOpen(rulebook: Rulebook, { ground, enteredOn }: Course, on: string): boolean {
  if (ground.objectionStep === null || enteredOn === null) return false
  const due = stepDue(rulebook, ground.objectionStep, enteredOn)
  const last = due?.dueOn ?? due?.unrolledDueOn ?? null
  return last !== null && on <= last
}

/** Until when the entry may be shown, and whether it may on `on`. */
function publication(
  rulebook: Rulebook,
  list: List,
  course: Course,
  days: ExitDays,
  on: string,
): Pick<CaseState, 'publishedUntil' | 'isPublic'> {
  const { status, endedOn, enteredOn, ground } = course
  if (status === 'due' || enteredOn === null) return { publishedUntil: null, isPublic: false }
  if (status === 'revoked' || status === 'corrected') return { publishedUntil: endedOn, isPublic: false }
  // The mark for a missing report is shown from 1 July to the next 30 June (令69 art 13).
  const shownUntil = ground.code === 'ABS-69-13' ? (stepDue(rulebook, 'ABS-SHOW', enteredOn)?.dueOn ?? null) : null
  const isShown = shownUntil === null || on <= shownUntil
  if (status === 'in-force') {
    return {
      publishedUntil: earliest(shownUntil, list === 'serious-violator' ? days.expiresOn : null),
      isPublic: isShown,
    }
  }
  const { stays, since } = afterExitOn(rulebook, list, on)
  if (stays) return { publishedUntil: shownUntil, isPublic: isShown }
  const last = endedOn !== null && endedOn >= since ? endedOn : addDays(since, -1)
  return { publishedUntil: earliest(shownUntil, last), isPublic: false }
}

function earliest(a: string | null, b: string | null): string | null {
  return a === null || (b !== null && b < a) ? b : a
}
