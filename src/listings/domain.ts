import type { DecisionAction, List, ListingStatus } from './vocabulary.ts'

/** A decision as it is recorded for ever (design rule 4). */
export interface Decision {
  id: string
  action: DecisionAction
  origin: 'job' | 'staff'
  list: List
  uscc: string
  listingId: string
  groundCode: string
  /** The year whose missing report is the ground; null for grounds that know no year. */
  reportYear: number | null
  decisionNumber: string
  authority: string
  decidedOn: string
  effectiveOn: string
  /** Last day of the legal deadline; null when there is none or its year's calendar is not loaded. */
  dueOn: string | null
  facts: DecisionFacts
  /** The rulebook version that governs the entry. */
  rulebook: string
  /** RFC 3339 in UTC. */
  recordedAt: string
  /** Its place in the life of the entry, from 1. */
  step: number
  expiresOn: string | null
  publishedUntil: string | null
  shown: boolean
}

/** What the ground's rule asks for, and what else was written down. */
export interface DecisionFacts {
  /** The day of 查实, on which the fact was established. */
  establishedOn?: string | undefined
  reportYear?: number | undefined
  /** The days on which two letters were sent to the registered address. */
  lettersMailedOn?: readonly string[] | undefined
  /** Why the entry ends, of a closed list: the public and the feed see it, so it holds no free text. */
  reason?: RemovalReason | undefined
  [more: string]: unknown
}

/** Why an entry ends by an exit (移出事由), in the words of official records. */
export const removalReasons = {
  'reports-filed': '已补报未报年份的年度报告并公示',
  'information-published': '已履行即时信息公示义务',
  'information-corrected': '已更正其公示的信息',
  'address-changed': '已依法办理住所或者经营场所变更登记',
  reachable: '通过登记的住所或者经营场所可以重新取得联系',
  'conditions-met': '符合提前移出条件',
  'term-over': '列入期限届满',
  'entered-on-serious-list': '列入满三年，转入严重违法失信企业名单',
  deregistered: '市场主体已注销',
  'other-by-law': '法律、行政法规规定的其他情形',
} as const
export type RemovalReason = keyof typeof removalReasons

/** An entry of a list as it stands: what the decisions about it come to. */
export interface Entry {
  id: string
  list: List
  uscc: string
  groundCode: string
  reportYear: number | null
  authority: string
  decisionNumber: string
  listedOn: string
  status: ListingStatus
  expiresOn: string | null
  removedOn: string | null
  removalReason: string | null
  removalDecisionNumber: string | null
  rulebook: string
  restartedOn: string | null
  publishedUntil: string | null
  shown: boolean
}

/** Decisions that no entry can have: an order of steps in which it would have two states, or none. */
class HistoryError extends Error {
  override name = 'HistoryError'
}

const inForce: readonly ListingStatus[] = ['in-force']
const inForceOrRemoved: readonly ListingStatus[] = ['in-force', 'removed']

/** From which states a decision may follow. A void entry has no further life (rulebook 3.6). */
export const followsFrom: Readonly<Record<Exclude<DecisionAction, 'enter'>, readonly ListingStatus[]>> = {
  remove: inForce,
  revoke: inForceOrRemoved,
  correct: inForceOrRemoved,
  restore: ['removed'],
}

/**
 * The entry after a decision (rulebook 3.6): an exit keeps the entry and its exit, a revocation or correction makes it
 * void from the start, a cancelled exit (令44 art 20) puts it in force again with its term begun anew.
 * @throws HistoryError for a decision that cannot follow
 */
export function applyDecision(entry: Entry | null, decision: Decision): Entry {
  const { action, effectiveOn, expiresOn, publishedUntil, shown } = decision
  if (action === 'enter') {
    if (entry !== null) throw new HistoryError(`the entry ${entry.id} was entered already`)
    const { listingId, list, uscc, groundCode, reportYear, authority, decisionNumber, rulebook } = decision
    return {
      id: listingId,
      list,
      uscc,
      groundCode,
      reportYear,
      authority,
      decisionNumber,
      listedOn: effectiveOn,
      status: 'in-force',
      expiresOn,
      removedOn: null,
      removalReason: null,
      removalDecisionNumber: null,
      rulebook,
      restartedOn: null,
      publishedUntil,
      shown,
    }
  }
  if (entry === null || !followsFrom[action].includes(entry.status)) {
    throw new HistoryError(`${action} cannot follow on an entry that is ${entry?.status ?? 'not there'}`)
  }
  if (action === 'restore') {
    return {
      ...entry,
      status: 'in-force',
      expiresOn,
      removedOn: null,
      removalReason: null,
      removalDecisionNumber: null,
      restartedOn: effectiveOn,
      publishedUntil,
      shown,
    }
  }
  if (action === 'remove') {
    return {
      ...entry,
      status: 'removed',
      removedOn: effectiveOn,
      removalReason: removalReasons[decision.facts.reason ?? 'other-by-law'],
      removalDecisionNumber: decision.decisionNumber,
      publishedUntil,
      shown,
    }
  }
  return { ...entry, status: action === 'revoke' ? 'revoked' : 'corrected', shown: false }
}

/**
 * What the decisions about one entry come to, in whatever order they are given; null when there are none.
 * @throws HistoryError for decisions that no entry can have
 */
export function foldEntry(decisions: readonly Decision[]): Entry | null {
  return decisions
    .toSorted((a, b) => a.step - b.step)
    .reduce<Entry | null>((entry, decision) => applyDecision(entry, decision), null)
}

/**
 * The entry as it stood on the day `asOf` by what was recorded up to the moment `knownAt` (RFC 3339 in UTC); null when
 * there was none. An entry that was known to be void then is void for every day, since it is void from the start.
 * What was recorded later changes nothing.
 */
export function entryAt(decisions: readonly Decision[], view: { asOf: string; knownAt: string }): Entry | null {
  const known = decisions.filter((decision) => decision.recordedAt <= view.knownAt)
  const isVoid = known.some(({ action }) => action === 'revoke' || action === 'correct')
  return foldEntry(isVoid ? known : known.filter((decision) => decision.effectiveOn <= view.asOf))
}
