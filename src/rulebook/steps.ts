import { addWorkingDays, rollToWorkingDay } from './calendar.ts'
import { addDays, addMonths, addYears, isWithin, yearOf } from './plain-date.ts'
import type { Period, Rulebook, StepRule } from './rulebook.ts'

/** When a step is due. Days are null where the step was repealed by then, or cannot be told. */
export interface StepDue {
  step: StepRule
  dueOn: string | null
  /** The day without the roll to a working day. */
  unrolledDueOn: string | null
  /** First and last day within which the step is to be done. */
  window: [string, string] | null
  /** The count crosses into a year whose holiday notice is not loaded: no day is told. */
  provisional: boolean
  repealed: boolean
}

/** The rows of a step, newest first; empty for a code that the rulebook does not know. */
function wordingsOf(rulebook: Rulebook, code: string): StepRule[] {
  return rulebook.steps.filter((step) => step.code === code).sort((a, b) => (a.from < b.from ? 1 : -1))
}

/**
 * When the step `code` is due if what starts it happened on `from` (rulebook sections 3.8 and 4). A deadline in days goes
 * by the row in force on `from`; a term in months or years by the row in force when it would end, since what was repealed
 * by then never happens: no entry of 2021 is promoted in 2024.
 * @returns null for a step that the rulebook does not know
 */
export function stepDue(rulebook: Rulebook, code: string, from: string): StepDue | null {
  const wordings = wordingsOf(rulebook, code)
  const [newest] = wordings
  if (newest === undefined) return null
  const computed = wordings.map((step) => ({ step, ...count(rulebook, step.period, from) }))
  const inForce = computed.find(({ step, unrolledDueOn }) =>
    isWithin(step, isTerm(step.period) && unrolledDueOn !== null ? unrolledDueOn : from),
  )
  if (inForce !== undefined) return { ...inForce, repealed: false }
  const nothing = { dueOn: null, unrolledDueOn: null, window: null, provisional: false }
  const governing = computed.find(({ step }) => step.from <= from)?.step ?? computed.at(-1)?.step ?? newest
  return { step: governing, ...nothing, repealed: governing.from <= from }
}

/** A term ends at a far day, under the law of that day; a deadline is counted in days from an act. */
function isTerm({ unit }: Period): boolean {
  return unit === 'months' || unit === 'years' || unit === 'years-then-days' || unit === 'days-before'
}

type Count = Pick<StepDue, 'dueOn' | 'unrolledDueOn' | 'window' | 'provisional'>

/** Counts a period; the day it starts from is never counted (民法典 art 201). */
function count({ calendar }: Rulebook, period: Period, from: string): Count {
  const on = (day: string, window: [string, string] | null = null): Count => ({
    dueOn: day,
    unrolledDueOn: day,
    window,
    provisional: false,
  })
  const rolled = (day: string, window: [string, string] | null): Count => {
    const { on: dueOn, provisional } = rollToWorkingDay(calendar, day)
    return { dueOn, unrolledDueOn: day, window, provisional }
  }
  switch (period.unit) {
    case 'working-days': {
      const { on: dueOn, provisional } = addWorkingDays(calendar, from, period.amount)
      return { dueOn, unrolledDueOn: dueOn, window: null, provisional }
    }
    case 'days':
      return rolled(addDays(from, period.amount), null)
    case 'months':
      return on(addMonths(from, period.amount))
    case 'years':
      return on(addYears(from, period.amount))
    case 'days-between':
      return on(addDays(from, period.most), [addDays(from, period.least), addDays(from, period.most)])
    case 'days-before': {
      const event = addYears(from, period.afterYears)
      const first = addDays(event, -period.amount)
      return on(first, [first, addDays(event, -1)])
    }
    case 'years-then-days': {
      const first = addYears(from, period.amount)
      return on(first, [first, addDays(first, period.days)])
    }
    case 'yearly-windows': {
      const window = windowAround(period.windows, from)
      return on(window[1], window)
    }
  }
}

/** The window of the year that `day` lies in; between two windows, the next. A year's only window is that year's also after it. */
function windowAround(windows: Extract<Period, { unit: 'yearly-windows' }>['windows'], day: string): [string, string] {
  const year = yearOf(day)
  const all = [year - 1, year, year + 1]
    .flatMap((y) =>
      windows.map(({ opensOn, closesOn }): [string, string] => [
        `${y}-${opensOn}`,
        `${closesOn < opensOn ? y + 1 : y}-${closesOn}`,
      ]),
    )
    .sort(([a], [b]) => (a < b ? -1 : 1))
  const containing = all.find(([opens, closes]) => opens <= day && day <= closes)
  if (containing !== undefined) return containing
  const ofYear = all.filter(([opens]) => yearOf(opens) === year)
  const next = all.find(([opens]) => opens > day)
  const chosen = windows.length === 1 ? ofYear[0] : next
  return chosen ?? [day, day]
}

/** The days of a step's newest wording from `from` on, whether or not it was in force then; null for an unknown step. */
export function stepPeriodFrom(rulebook: Rulebook, code: string, from: string): Count | null {
  const [newest] = wordingsOf(rulebook, code)
  return newest === undefined ? null : count(rulebook, newest.period, from)
}
