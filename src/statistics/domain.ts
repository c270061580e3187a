import { lastDayOfWindow } from '../rulebook/annual-report.ts'
import { yearOf } from '../rulebook/plain-date.ts'

/** The newest window for annual reports that has closed before `on`: the one whose reports can be counted. */
export function newestClosedWindow(on: string): { reportYear: number; closesOn: string } {
  const ofThisYear = lastDayOfWindow(yearOf(on) - 1)
  const reportYear = on > ofThisYear ? yearOf(on) - 1 : yearOf(on) - 2
  return { reportYear, closesOn: lastDayOfWindow(reportYear) }
}

/** A part of a whole, to four places; null where there is nothing to take a part of. */
export function rateOf(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000
}
