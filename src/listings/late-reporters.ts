import { lastDayToReport, reportingObligation, type ReportingWindow } from '../rulebook/annual-report.ts'
import { judgeCase } from '../rulebook/case.ts'
import { groundInForce } from '../rulebook/grounds.ts'
import type { Rulebook } from '../rulebook/rulebook.ts'
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
  /** Of the regions that have a window of their own, the one it is in; empty where the ordinary one counts. */
  windowRegion: string
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
      /** Last day on which a report was in time for the class. */
      lastDay: string
    }
  | { enter: false; reason: string }

/** Codes of enterprises, individual businesses and cooperatives: nobody else can be on the abnormal list (rulebook 6.1). */
const codeOfMarketRegister = /^9[123]/

/**
 * What the law makes on the day `on` of the businesses of a class that published no report in the window: entry by the
 * authority that registered them (令68 arts 4 and 6; 令69 art 13; 令70 art 10), or the reason why not.
 */
export function judgeClass(
  rulebook: Rulebook,
  reporter: ReporterClass,
  window: ReportingWindow,
  on: string,
): ClassVerdict {
  if (!codeOfMarketRegister.test(reporter.codePrefix)) return { enter: false, reason: 'other-register' }
  const { entityType, status, establishedIn, windowRegion: regionCode } = reporter
  const obligation = reportingObligation({ entityType, status, establishedOn: establishedIn }, window.reportYear)
  if (obligation.obliged !== true) return { enter: false, reason: obligation.reason }
  const lastDay = lastDayToReport(rulebook, window.reportYear, { entityType, regionCode })
  if (on <= lastDay) return { enter: false, reason: 'window-open' }
  const ground = groundInForce(rulebook, obligation.groundCode, on)
  if (ground === null) return { enter: false, reason: 'ground-not-in-force' }
  const { code: groundCode, list } = ground
  const history = [
    { action: 'due' as const, on: lastDay },
    { action: 'enter' as const, on },
  ]
  const {
    expiresOn,
    publishedUntil,
    isPublic,
    rulebook: version,
  } = judgeCase(rulebook, { list, groundCode, history, on })
  return { enter: true, groundCode, list, rulebook: version, expiresOn, publishedUntil, shown: isPublic, lastDay }
}

/** The regions with a window of their own for the year's report, the narrowest first. */
export function windowRegions({ reportWindows }: Rulebook, reportYear: number): string[] {
  const prefixes = reportWindows.flatMap((row) => (row.reportYear === reportYear ? (row.regionPrefix ?? []) : []))
  return [...new Set(prefixes)].sort((a, b) => b.length - a.length)
}

/** The series that the decision numbers of a year are taken from; a number is the series and its place in it (号). */
export function seriesOf(on: string): string {
  return `经异列〔${on.slice(0, 4)}〕`
}
