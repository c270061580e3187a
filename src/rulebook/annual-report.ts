import { addWorkingDays, type DueDay } from './calendar.ts'
import { yearOf } from './plain-date.ts'
import type { Rulebook } from './rulebook.ts'

/** The entity types and statuses are those of the registry; the rulebook only compares their words. */
export interface ReportingFacts {
  entityType: string
  status: string
  establishedOn: string | null
}

export type Obligation =
  | { obliged: true; groundCode: string }
  | { obliged: false; reason: 'not-operating' | 'newly-established' }
  /** What is on file does not tell; a person has to look. */
  | { obliged: null; reason: 'establishment-unknown' }

/** The filing window of the report for one year. */
export interface ReportingWindow {
  reportYear: number
  /** Last day on which a report is in time. */
  closesOn: string
  /** Last day for the authority to enter those who filed nothing: 10 working days after the window. */
  listBy: DueDay
}

/**
 * Which ground a missing annual report is, by the kind of business: enterprises and their branches
 * 企业经营异常名录管理办法 arts 4(1) and 6, individual businesses 个体工商户年度报告办法 art 13, cooperatives
 * 农民专业合作社年度报告公示办法 art 10.
 */
const groundOfMissingReport: Readonly<Record<string, string>> = {
  enterprise: 'ABN-68-4-1',
  branch: 'ABN-68-4-1',
  'individual-business': 'ABS-69-13',
  'farmer-cooperative': 'ABC-70-10',
}

/** Working days for the authority to enter those who filed nothing (令68 art 6; step ABN-LIST-AR). */
const listWithinWorkingDays = 10

/**
 * The last day on which a business could file its report for `reportYear` in time: 30 June of the next year
 * (企业信息公示暂行条例 art 8; 令69 art 3; 令70 art 4), unless the window was set otherwise for its kind or region.
 */
export function lastDayToReport(
  { reportWindows }: Rulebook,
  reportYear: number,
  business: { entityType: string; regionCode: string },
): string {
  const exception = reportWindows.find(
    (window) =>
      window.reportYear === reportYear &&
      (window.entityType === null || window.entityType === business.entityType) &&
      (window.regionPrefix === null || business.regionCode.startsWith(window.regionPrefix)),
  )
  return exception?.closesOn ?? lastDayOfWindow(reportYear)
}

/** The last day of the ordinary window of the report for `reportYear`: 30 June of the next year (条例 art 8). */
export function lastDayOfWindow(reportYear: number): string {
  return `${reportYear + 1}-06-30`
}

/** The ordinary window of the report for `reportYear`, 1 January to 30 June, and the deadline that follows from it. */
export function reportingWindow(rulebook: Rulebook, reportYear: number): ReportingWindow {
  const closesOn = lastDayOfWindow(reportYear)
  return { reportYear, closesOn, listBy: addWorkingDays(rulebook.calendar, closesOn, listWithinWorkingDays) }
}

/** The first day on which a missing report was a ground of entry (条例 2014 art 17; 令68): no earlier window counts. */
const groundsSince = '2014-10-01'

/**
 * The window that has closed in the year of `on` and whose late reporters are to be entered on `on`; null from
 * 1 January to 30 June, when this year's window is still open.
 */
export function closedWindow(rulebook: Rulebook, on: string): ReportingWindow | null {
  const window = reportingWindow(rulebook, yearOf(on) - 1)
  return on > window.closesOn && window.closesOn >= groundsSince ? window : null
}

/** Whether a report published on `publishedOn` came in time for its year. */
export function isOnTime(
  rulebook: Rulebook,
  report: { year: number; publishedOn: string },
  business: { entityType: string; regionCode: string },
): boolean {
  return report.publishedOn <= lastDayToReport(rulebook, report.year, business)
}

/**
 * Whether a business had to file the report for `reportYear`, and on which ground it is entered when it filed nothing.
 * A business files for the first time in the year after its registration (条例 art 8(2); 细则 art 63), one that has
 * suspended business (歇业) files too (细则 art 63), and one that is revoked, deregistered or moved away no longer does.
 */
export function reportingObligation(facts: ReportingFacts, reportYear: number): Obligation {
  const groundCode = groundOfMissingReport[facts.entityType]
  if (groundCode === undefined || (facts.status !== 'active' && facts.status !== 'suspended')) {
    return { obliged: false, reason: 'not-operating' }
  }
  if (facts.establishedOn === null) return { obliged: null, reason: 'establishment-unknown' }
  return yearOf(facts.establishedOn) <= reportYear
    ? { obliged: true, groundCode }
    : { obliged: false, reason: 'newly-established' }
}
