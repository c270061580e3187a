import type { List } from '../../listings/vocabulary.ts'
import type { Language } from '../../platform/language.ts'
import { addMonths } from '../../rulebook/plain-date.ts'
import type { Rulebook } from '../../rulebook/rulebook.ts'
import type { Statistics } from '../../statistics/schemas.ts'
import { regionNameOf } from '../regions.ts'
import { statistics as texts } from './texts.ts'

/** One row of a table, and one bar of its picture: a label with the count of each list. */
export type CountRow = { label: string; code: string } & Record<List, number>

/** A rate with what it is made of; `rate` from 0 to 1, null where there is nothing to count. */
export interface RateRow {
  label: string
  rate: number | null
  part: number
  whole: number
}

/** As many months as a picture can show side by side. */
export const monthsShown = 24

function rowsOf<Row extends { list: List; count: number }>(
  rows: readonly Row[],
  codeOf: (row: Row) => string,
  labelOf: (code: string) => string,
): CountRow[] {
  const byCode = new Map<string, CountRow>()
  for (const row of rows) {
    const code = codeOf(row)
    const counted = byCode.get(code) ?? { code, label: labelOf(code), abnormal: 0, 'serious-violator': 0 }
    counted[row.list] += row.count
    byCode.set(code, counted)
  }
  return [...byCode.values()]
}

const mostFirst = (a: CountRow, b: CountRow) =>
  b.abnormal + b['serious-violator'] - a.abnormal - a['serious-violator'] || (a.code < b.code ? -1 : 1)

/** The months up to the newest in which an entry in force was made, oldest first, those without any among them. */
export function monthRows({ listings }: Statistics): CountRow[] {
  const counted = rowsOf(
    listings.byMonth,
    ({ month }) => month,
    (month) => month,
  ).sort((a, b) => (a.code < b.code ? -1 : 1))
  const [first, last] = [counted[0], counted.at(-1)]
  if (first === undefined || last === undefined) return []
  const byMonth = new Map(counted.map((row) => [row.code, row]))
  const rows: CountRow[] = []
  for (let month = last.code; month >= first.code && rows.length < monthsShown; month = monthBefore(month)) {
    rows.unshift(byMonth.get(month) ?? { code: month, label: month, abnormal: 0, 'serious-violator': 0 })
  }
  return rows
}

/** The month before another, as `YYYY-MM`. */
function monthBefore(month: string): string {
  return addMonths(`${month}-01`, -1).slice(0, 7)
}

/** The grounds, the most frequent first, in the words of the newest law. */
export function groundRows({ listings }: Statistics, rulebook: Rulebook, language: Language): CountRow[] {
  const labelOf = (code: string) =>
    rulebook.grounds.filter((ground) => ground.code === code).reduce((a, b) => (b.from > a.from ? b : a)).label[
      language
    ]
  return rowsOf(listings.byGround, ({ groundCode }) => groundCode, labelOf).sort(mostFirst)
}

/** The provinces, the one with most entries first. */
export function regionRows({ listings }: Statistics): CountRow[] {
  return rowsOf(
    listings.byRegion,
    ({ regionCode }) => regionCode,
    (code) => regionNameOf(code) ?? code,
  ).sort(mostFirst)
}

/** Who did what everybody has to: publish reports in time, display the licence. */
export function rateRows({ reporting, licenceDisplay }: Statistics, language: Language): RateRow[] {
  return [
    {
      label: texts.reporting(reporting.reportYear)[language],
      rate: reporting.rate,
      part: reporting.onTime,
      whole: reporting.obliged,
    },
    {
      label: texts.licenceDisplay[language],
      rate: licenceDisplay.rate,
      part: licenceDisplay.displayed,
      whole: licenceDisplay.checked,
    },
  ]
}

/** A rate in words: `97.3%`, rounded down so that 100% is only ever all. */
export function percent(rate: number): string {
  return `${(Math.floor(rate * 1000) / 10).toFixed(1)}%`
}
