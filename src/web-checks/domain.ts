import type { PresenceReach } from '../registry/web-presence-checks.ts'
import { addDays } from '../rulebook/plain-date.ts'
import type { VisitPolicy } from './policy.ts'
import type { EvidenceKind, VisitOutcome, VisitReason } from './vocabulary.ts'

/** Whose licence is looked for. */
export interface Holder {
  uscc: string
  registrationNumber: string | null
}

/** What showed the licence, for whoever looks at it later. */
export interface Evidence {
  kind: EvidenceKind
  /** The page that it stood on. */
  url: string
  /** The text around it, or that of the link. */
  text: string
  /** The elements that it stood in, outermost first: `html > body > footer > p`. */
  element: string
  href: string | null
}

/** A site or shop to be visited. */
export interface VisitedPresence extends Holder {
  id: string
  kind: string
  url: string
  key: string
  platform: string | null
}

export interface Visit extends Told {
  finalUrl: string
  httpStatus: number | null
  evidence: Evidence | null
  /** Codes of others that the page shows. */
  otherCodes: string[]
  /** The page that was judged, as it came, unpacked; null where none came. */
  page: { bytes: Buffer; sha256: string; contentType: string } | null
}

/** What a visit tells. */
export interface Told {
  outcome: VisitOutcome
  licence: 'displayed' | 'missing' | 'unchecked'
  reason: VisitReason | null
}

/** What is kept between visits of a site or shop. */
export interface CheckState {
  failedDays: number
  failingSinceOn: string | null
  lastFailedOn: string | null
  missingDays: number
  lastMissingOn: string | null
}

export interface Judged {
  state: CheckState
  dueOn: string
  /** What the visits establish; null for what they leave as it is. */
  reach: PresenceReach | null
  licenceDisplay: Told['licence'] | null
}

/** Reasons after which nothing is known of whether the site answers. */
const saysNothingOfReach: readonly (VisitReason | null)[] = ['robots-unavailable', 'insecure']
/** Reasons that may be over tomorrow: what was found before stands. */
const passing: readonly (VisitReason | null)[] = ['robots-unavailable', 'incomplete']

/**
 * What a visit on the day `on` makes of what was known: one failure says nothing, nor does one page without a licence.
 * @param subjectStatus the status of the business: with a cancelled one (注销) an unreachable site has nobody left who runs it
 */
export function afterVisit(
  state: CheckState,
  told: Told,
  { on, subjectStatus, policy }: { on: string; subjectStatus: string; policy: VisitPolicy },
): Judged {
  if (told.outcome === 'failed' || told.outcome === 'gone') return afterFailure(state, told, on, subjectStatus, policy)
  const reach = saysNothingOfReach.includes(told.reason) ? null : 'answers'
  const answered: CheckState =
    reach === null ? state : { ...state, failedDays: 0, failingSinceOn: null, lastFailedOn: null }
  const soon = addDays(on, policy.retryAfterDays)
  const later = addDays(on, policy.againAfterDays)
  if (told.licence === 'missing') {
    const missingDays = state.missingDays + (state.lastMissingOn === on ? 0 : 1)
    const isSure = missingDays >= policy.missing.days
    return {
      state: { ...answered, missingDays, lastMissingOn: on },
      dueOn: isSure ? later : soon,
      reach,
      licenceDisplay: isSure ? 'missing' : null,
    }
  }
  if (passing.includes(told.reason)) return { state: answered, dueOn: soon, reach, licenceDisplay: null }
  return {
    state: { ...answered, missingDays: 0, lastMissingOn: null },
    dueOn: later,
    reach,
    licenceDisplay: told.licence,
  }
}

function afterFailure(before: CheckState, told: Told, on: string, subjectStatus: string, policy: VisitPolicy): Judged {
  const failingSinceOn = before.failingSinceOn ?? on
  const state: CheckState = {
    ...before,
    failedDays: before.failedDays + (before.lastFailedOn === on ? 0 : 1),
    failingSinceOn,
    lastFailedOn: on,
  }
  const { failedDays, overDays } = policy.unreachable
  const isUnreachable = state.failedDays >= failedDays && on >= addDays(failingSinceOn, overDays)
  if (!isUnreachable) {
    return { state, dueOn: addDays(on, policy.retryAfterDays), reach: null, licenceDisplay: null }
  }
  const hasLongBeenGone = told.outcome === 'gone' && on >= addDays(failingSinceOn, policy.goneDays)
  const isRetired = hasLongBeenGone || subjectStatus === 'cancelled'
  return {
    // What cannot be seen displays nothing and hides nothing.
    state: { ...state, missingDays: 0, lastMissingOn: null },
    dueOn: addDays(on, policy.unreachableAgainAfterDays),
    reach: isRetired ? 'retired' : 'unreachable',
    licenceDisplay: 'unchecked',
  }
}
