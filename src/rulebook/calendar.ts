import { arrangements } from './data/arrangements.ts'
import { addDays, weekdayOf, yearOf } from './plain-date.ts'

/** A day that a deadline falls on. `on` is null when it cannot be told without guessing. */
export interface DueDay {
  on: string | null
  /** True when the count crosses into a year whose State Council holiday notice is not loaded. */
  provisional: boolean
}

const off = new Set(Object.values(arrangements).flatMap((year) => year?.off ?? []))
const work = new Set(Object.values(arrangements).flatMap((year) => year?.work ?? []))

/**
 * Whether `day` is a working day (工作日) by the State Council's arrangement of its year, with moved days (调休).
 * Null for a year whose notice is not loaded: it is never guessed.
 */
export function isWorkingDay(day: string): boolean | null {
  if (arrangements[yearOf(day)] === undefined) return null
  if (work.has(day)) return true
  return !off.has(day) && weekdayOf(day) !== 0 && weekdayOf(day) !== 6
}

/**
 * The day that is `count` (≥ 1) working days after `from`, which is itself not counted (民法典 art 201).
 * Provisional, without a day, when the count runs into a year that is not loaded.
 */
export function addWorkingDays(from: string, count: number): DueDay {
  let day = from
  for (let counted = 0; counted < count;) {
    day = addDays(day, 1)
    const working = isWorkingDay(day)
    if (working === null) return { on: null, provisional: true }
    if (working) counted += 1
  }
  return { on: day, provisional: false }
}
