import { reportingObligation, type ReportingWindow } from '../rulebook/annual-report.ts'
import { groundInForce } from '../rulebook/grounds.ts'
import type { List } from './vocabulary.ts'

/**
 * What the rule looks at in a business that filed nothing. Businesses of one class are judged once and entered together,
 * so that the rule stands in this file alone however many there are.
 */
export interface ReporterClass {
  /** The first two characters of the code: the register and the kind of its body (GB 32100-2015). */
  codePrefix: string
  entityType: string
  status: string
  /** The first day of the year of its establishment. */
  establishedIn: string | null
}

export type ClassVerdict =
  | {
      enter: true
      groundCode: string
      list: List
      rulebook: string
      expiresOn: string | null
      publishedUntil: string | null
      shown: boolean
    }
  | { enter: false; reason: string }

/** Codes of enterprises, individual businesses and cooperatives: nobody else can be on the abnormal list (rulebook 6.1). */
const codeOfMarketRegister = /^9[123]/

/**
 * What the law makes on the day `on` of the businesses of a class that published no report in the window: entry by the
 * authority that registered them (令68 arts 4 and 6; 令69 art 13; 令70 art 10), or the reason why not.
 */
export function judgeClass(reporter: ReporterClass, window: ReportingWindow, on: string): ClassVerdict {
  if (!codeOfMarketRegister.test(reporter.codePrefix)) return { enter: false, reason: 'other-register' }
  const { entityType, status, establishedIn } = reporter
  const obligation = reportingObligation({ entityType, status, establishedOn: establishedIn }, window.reportYear)
  if (obligation.obliged !== true) return { enter: false, reason: obligation.reason }
  const ground = groundInForce(obligation.groundCode, on)
  if (ground === null) return { enter: false, reason: 'ground-not-in-force' }
  const { code, list, rulebook } = ground
  return { enter: true, groundCode: code, list, rulebook, expiresOn: null, publishedUntil: null, shown: true }
}

/** The series that the decision numbers of a year are taken from; a number is the series and its place in it (号). */
export function seriesOf(on: string): string {
  return `经异列〔${on.slice(0, 4)}〕`
}
