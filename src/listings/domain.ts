import {
  lastDayToReport,
  reportingObligation,
  type ReportingFacts,
  type ReportingWindow,
} from '../rulebook/annual-report.ts'
import { groundInForce } from '../rulebook/grounds.ts'
import type { Rulebook } from '../rulebook/rulebook.ts'
import type { List } from './vocabulary.ts'

/** A decision to enter a business on a list, as it is recorded for ever. */
export interface EnterDecision {
  id: string
  listingId: string
  list: List
  uscc: string
  groundCode: string
  reportYear: number
  decisionNumber: string
  authority: string
  decidedOn: string
  effectiveOn: string
  dueOn: string | null
  facts: Record<string, unknown>
  rulebook: string
}

/** An entry of a list as it stands. */
export interface Entry {
  id: string
  list: List
  uscc: string
  groundCode: string
  reportYear: number | null
  authority: string
  decisionNumber: string
  listedOn: string
  status: 'in-force'
  expiresOn: null
  removedOn: null
  removalReason: null
  removalDecisionNumber: null
  rulebook: string
}

export interface LateReporter extends ReportingFacts {
  uscc: string
  name: string
  regionCode: string
  province: string | null
  city: string | null
  registrationAuthority: string | null
}

export type LateReporterVerdict =
  | { enter: true; decision: EnterDecision }
  | {
      enter: false
      reason:
        | 'other-register'
        | 'not-operating'
        | 'newly-established'
        | 'establishment-unknown'
        | 'window-open'
        | 'ground-not-in-force'
    }

/** Codes of enterprises, individual businesses and cooperatives: nobody else can be on the abnormal list (rulebook 6.1). */
const codeOfMarketRegister = /^9[123]/

/**
 * What the law makes of a business that published no report in the window: entry by the authority that registered it
 * (令68 arts 4 and 6; 令69 art 13; 令70 art 10), or the reason why not.
 */
export function judgeLateReporter(
  rulebook: Rulebook,
  business: LateReporter,
  window: ReportingWindow,
  on: string,
  newId: () => string,
): LateReporterVerdict {
  if (!codeOfMarketRegister.test(business.uscc)) return { enter: false, reason: 'other-register' }
  const obligation = reportingObligation(business, window.reportYear)
  if (obligation.obliged !== true) return { enter: false, reason: obligation.reason }
  if (on <= lastDayToReport(rulebook, window.reportYear, business)) return { enter: false, reason: 'window-open' }
  const ground = groundInForce(rulebook, obligation.groundCode, on)
  if (ground === null) return { enter: false, reason: 'ground-not-in-force' }
  return {
    enter: true,
    decision: {
      id: newId(),
      listingId: newId(),
      list: ground.list,
      uscc: business.uscc,
      groundCode: ground.code,
      reportYear: window.reportYear,
      decisionNumber: `经异列〔${on.slice(0, 4)}〕${business.uscc}-${window.reportYear}`,
      authority: authorityOf(business),
      decidedOn: on,
      effectiveOn: on,
      dueOn: window.listBy.on,
      facts: { reportYear: window.reportYear, windowClosedOn: window.closesOn, provisional: window.listBy.provisional },
      rulebook: ground.rulebook,
    },
  }
}

/** The authority that registered the business (令68 art 4), named after its region where the registry has no name. */
function authorityOf({ registrationAuthority, province, city, regionCode }: LateReporter): string {
  if (registrationAuthority !== null) return registrationAuthority
  const place = `${province ?? ''}${city ?? ''}` || regionCode
  return `${place}市场监督管理局`
}

/** The entry that follows from a decision to enter. */
export function entryOf(decision: EnterDecision): Entry {
  const { listingId, list, uscc, groundCode, reportYear, authority, decisionNumber, effectiveOn, rulebook } = decision
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
    expiresOn: null,
    removedOn: null,
    removalReason: null,
    removalDecisionNumber: null,
    rulebook,
  }
}
