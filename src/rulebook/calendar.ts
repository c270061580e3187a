import { addDays, weekdayOf, yearOf } from './plain-date.ts'

/** What a State Council notice arranges for a year: weekdays made free and weekend days made working days (调休). */
export interface YearArrangement {
  off: readonly string[]
  work: readonly string[]
}

/** The years whose notices are loaded, with the days that differ from the ordinary week. */
export interface Calendar {
  years: ReadonlySet<number>
  off: ReadonlySet<string>
  work: ReadonlySet<string>
}

/** A day that a deadline falls on. `on` is null when it cannot be told without guessing. */
export interface DueDay {
  on: string | null
  /** True when the count crosses into a year whose State Council holiday notice is not loaded. */
  provisional: boolean
}

/** A calendar of these years. The notice of a year may arrange days of its neighbours (late December). */
export function calendarOf(years: Readonly<Record<string, YearArrangement | undefined>>): Calendar {
  const loaded = Object.entries(years).flatMap(([year, arrangement]) => (arrangement ? [{ year, arrangement }] : []))
  return {
    years: new Set(loaded.map(({ year }) => Number(year))),
    off: new Set(loaded.flatMap(({ arrangement }) => arrangement.off)),
    work: new Set(loaded.flatMap(({ arrangement }) => arrangement.work)),
  }
}

/**
 * Whether `day` is a working day (工作日) by the State Council's arrangement of its year, with moved days (调休).
 * Null for a year whose notice is not loaded: it is never guessed.
 */
export function isWorkingDay(calendar: Calendar, day: string): boolean | null {
  if (!calendar.years.has(yearOf(day))) return null
  if (calendar.work.has(day)) return true
  return !calendar.off.has(day) && weekdayOf(day) !== 0 && weekdayOf(day) !== 6
}

/**
 * The day that is `count` (≥ 1) working days after `from`, which is itself not counted (民法典 art 201).
 * Provisional, without a day, when the count runs into a year that is not loaded.
 */
export function addWorkingDays(calendar: Calendar, from: string, count: number): DueDay {
  let day = from
  for (let counted = 0; counted < count;) {
    day = addDays(day, 1)
    const working = isWorkingDay(calendar, day)
    if (working === null) return { on: null, provisional: true }
    if (working) counted += 1
  }
  return { on: day, provisional: false }
}

/**
 * `day` itself, or the next working day when it is a day off (民法典 art 203). Provisional, without a day, when that
 * cannot be told.
 */
export function rollToWorkingDay(calendar: Calendar, day: string): DueDay {
  const working = isWorkingDay(calendar, day)
  if (working === null) return { on: null, provisional: true }
  return working ? { on: day, provisional: false } : addWorkingDays(calendar, day, 1)
}
