import { reportingWindow, type ReportingWindow } from '../rulebook/annual-report.ts'
import { yearOf } from '../rulebook/plain-date.ts'

/** The newest window for annual reports that has closed before `on`: the one whose reports can be counted. */
export function newestClosedWindow(on: string): Pick<ReportingWindow, 'reportYear' | 'closesOn'> {
  const ofThisYear = reportingWindow(yearOf(on) - 1)
  return on > ofThisYear.closesOn ? ofThisYear : reportingWindow(yearOf(on) - 2)
}

/** A part of a whole, to four places; null where there is nothing to take a part of. */
export function rateOf(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000
}
