import type { CreditFile } from '../credit-files/schemas.ts'
import { judgeCase } from '../rulebook/case.ts'
import { RuleError, type CaseEvent } from '../rulebook/course.ts'
import { exitPolicyOn } from '../rulebook/exits.ts'
import { addYears } from '../rulebook/plain-date.ts'
import type { LegalText, Rulebook } from '../rulebook/rulebook.ts'

type Listing = CreditFile['listings'][number]

/** What the law allows a listed business on a day, from what the public knows of its entry alone. */
export interface WayOut {
  /** It may apply to come off on this day; null while it may not. */
  apply: LegalText | null
  /** The first day on which it may apply before its term is over; null where no such day is set. */
  applyFrom: string | null
  /** It may still object on this day; null where it may not. */
  object: LegalText | null
  /** The last day on which it may object; null where the law sets none, or it cannot be told. */
  objectBy: string | null
  /** The law leaves it open which rule applies: the authority decides case by case. */
  isOpen: boolean
}

/**
 * Asks the rulebook what a business may do about its entry on `on`. Whether it has applied or objected already is not
 * public, and not taken into account. Null for an entry that the rulebook cannot judge.
 */
export function wayOut(rulebook: Rulebook, listing: Listing, on: string): WayOut | null {
  const { list, ground, listedOn, rulebook: version } = listing
  try {
    const state = judgeCase(rulebook, {
      ...{ list, groundCode: ground.code, version, on },
      history: historyOf(rulebook, listing, on),
    })
    const articleOf = (action: 'apply' | 'object') =>
      state.permitted.find((permission) => permission.action === action)?.article ?? null
    const dueOn = (step: 'early-exit-from' | 'object-by') =>
      state.deadlines.find((deadline) => deadline.step === step)?.dueOn ?? null
    return {
      apply: articleOf('apply'),
      applyFrom: dueOn('early-exit-from') ?? (list === 'abnormal' ? listedOn : listing.expiresOn),
      object: articleOf('object'),
      objectBy: dueOn('object-by'),
      isOpen: state.manualReview,
    }
  } catch (error) {
    if (error instanceof RuleError) return null
    throw error
  }
}

/** An entry whose exit was cancelled has a term that began anew: its published end tells when (令44 art 20). */
function historyOf(rulebook: Rulebook, { ground, listedOn, expiresOn }: Listing, on: string): CaseEvent[] {
  const entered: CaseEvent = { action: 'enter', on: listedOn }
  const termYears = exitPolicyOn(rulebook, ground.code, on)?.termYears ?? null
  if (expiresOn === null || termYears === null || addYears(listedOn, termYears) >= expiresOn) return [entered]
  const restartedOn = addYears(expiresOn, -termYears)
  return [entered, { action: 'remove', on: restartedOn }, { action: 'restore', on: restartedOn }]
}
