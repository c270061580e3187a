import { calendarOf, type YearArrangement } from './calendar.ts'
import { arrangements } from './data/arrangements.ts'
import { addDays } from './plain-date.ts'
import type { Rulebook, RulebookData } from './rulebook.ts'

/** What an operator adds: rows of the law, and years of the working-day calendar. */
export interface Amendment {
  revision: number
  data: Partial<RulebookData>
  calendar: Readonly<Record<string, YearArrangement>>
}

/**
 * The rulebook with amendments, in their order. A row takes the place of one with the same identity and first day; else
 * it begins a new version, and the one in force before it ends the day before. Nothing else is touched, so what was
 * decided under an older version keeps it (design rule 5).
 */
export function withAmendments(rulebook: Rulebook, amendments: readonly Amendment[]): Rulebook {
  const years: Record<string, YearArrangement | undefined> = { ...arrangements }
  for (const { calendar } of amendments) Object.assign(years, calendar)
  const amended: Rulebook = {
    ...rulebook,
    revision: amendments.at(-1)?.revision ?? rulebook.revision,
    calendar: calendarOf(years),
  }
  for (const { data } of amendments) {
    amended.instruments = superseded(amended.instruments, data.instruments, (row) => row.code)
    // One version of a subject follows the other, whatever their codes.
    amended.versions = superseded(amended.versions, data.versions, (row) => row.subject)
    amended.grounds = superseded(amended.grounds, data.grounds, (row) => row.code)
    amended.steps = superseded(amended.steps, data.steps, (row) => row.code)
    amended.exitPolicies = superseded(amended.exitPolicies, data.exitPolicies, (row) => row.grounds.join())
    amended.afterExit = superseded(amended.afterExit, data.afterExit, (row) => row.list)
    amended.measures = superseded(amended.measures, data.measures, (row) => row.code)
    amended.sanctionDeadlines = superseded(amended.sanctionDeadlines, data.sanctionDeadlines, (row) => row.step)
    amended.reportWindows = [...(data.reportWindows ?? []), ...amended.reportWindows]
  }
  return amended
}

interface Row {
  from: string
  to: string | null
}

function superseded<R extends Row>(held: readonly R[], added: readonly R[] = [], identity: (row: R) => string): R[] {
  let rows = [...held]
  for (const row of added) {
    rows = rows
      .filter((other) => identity(other) !== identity(row) || other.from !== row.from)
      .map((other) =>
        identity(other) === identity(row) && other.from < row.from && (other.to === null || other.to >= row.from)
          ? { ...other, to: addDays(row.from, -1) }
          : other,
      )
    rows.push(row)
  }
  return rows
}
