import type { LegalText, List, Rulebook } from './rulebook.ts'

/**
 * What happens in the life of an entry (rulebook 3.2 to 3.5). `due` is the fact that calls for it: the filing window has
 * closed, an order has expired, falsity or unreachability is established. `accept` accepts what was last asked for, an
 * exit (`apply`) or a correction (`object`); `refuse` turns it down. `restore` cancels an exit that was got by false
 * material.
 */
export const caseActions = [
  'due',
  'enter',
  'apply',
  'object',
  'accept',
  'refuse',
  'uphold',
  'remove',
  'revoke',
  'correct',
  'restore',
] as const
export type CaseAction = (typeof caseActions)[number]

/** Deadlines by what has to be done by then, or from then on, in the words of the API contract. */
export const deadlineSteps = [
  'list-by',
  'publish-by',
  'notice-from',
  'promote-by',
  'early-exit-from',
  'accept-by',
  'decide-by',
  'remove-by',
  'object-by',
  'verify-by',
  'correct-by',
  'stop-publishing-by',
] as const
export type DeadlineStep = (typeof deadlineSteps)[number]

export interface CaseFacts {
  list: List
  groundCode: string
  /** In the order in which they happened; the first is `due` or `enter`. */
  history: readonly { action: CaseAction; on: string }[]
  /** The day on which the case is judged. */
  on: string
}

export interface Deadline {
  step: DeadlineStep
  /** The rulebook's own step, e.g. `ABN-LIST-AR`. */
  code: string
  dueOn: string | null
  article: LegalText
  /** The count crosses into a year whose holiday notice is not loaded; `dueOn` is null. */
  provisional: boolean
}

export interface CaseState {
  /** `due` while nothing was entered yet. */
  status: 'due' | 'in-force' | 'removed' | 'revoked' | 'corrected'
  /** The version that governs the entry: the one in force on the day it was entered (rulebook 3.1). */
  rulebook: string
  /** What the law allows on the day `on`, each with its article. */
  permitted: { action: CaseAction; article: LegalText }[]
  /** What is open on the day `on`. */
  deadlines: Deadline[]
  /** The day on which the term is over; null without a term. */
  expiresOn: string | null
  /** Last day on which the entry may be shown; null while no end is known. */
  publishedUntil: string | null
  /** Whether the public may see the entry on the day `on` (rulebook 2.6, 2.8, 3.6, 7). */
  isPublic: boolean
  /** The law leaves it open which rule applies (rulebook 3.7): every step needs a look and two people. */
  manualReview: boolean
}

/**
 * What the law makes of a case on a day.
 * @throws RuleError for a ground that the list or the day does not know, and for a history that the law cannot have
 */
export declare function judgeCase(rulebook: Rulebook, facts: CaseFacts): CaseState

/** Why the rulebook refuses something, with the article that says so. */
export class RuleError extends Error {
  override name = 'RuleError'
  readonly code: 'ground-not-on-list' | 'not-permitted' | 'too-early' | 'dated-before-entry' | 'not-in-order'
  readonly detail: LegalText
  readonly article: LegalText | null
  constructor(code: RuleError['code'], detail: LegalText, article: LegalText | null) {
    super(`${code}: ${detail.en}`)
    this.code = code
    this.detail = detail
    this.article = article
  }
}
