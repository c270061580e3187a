import { addWorkingDays, type DueDay } from './calendar.ts'
import { coversGround } from './grounds.ts'
import { addDays, addYears, isWithin } from './plain-date.ts'
import type { List, MeasureRule, Memorandum, SanctionDeadline, SanctionLaw } from './rulebook.ts'

/**
 * The measures that follow from an entry on `list` for the ground `groundCode` by the law of the day `on`, those of MEMO
 * rows included, which inform and never order (国办发〔2020〕49号).
 */
export function measuresInForce(
  law: SanctionLaw,
  { list, groundCode, on }: { list: List; groundCode: string; on: string },
): MeasureRule[] {
  return law.measures.filter(
    ({ lists, grounds = ['*'], ...period }) =>
      lists.includes(list) && coversGround(grounds, groundCode) && isWithin(period, on),
  )
}

/** Whether a measure may be ordered: it rests on a law, a regulation or a central policy (国办发〔2020〕49号 (六) to (八)). */
export function isOrdered({ basisKind }: MeasureRule): boolean {
  return basisKind !== 'MEMO'
}

/** The measure by its code, as the law of the day `on` has it; of a day that knows it not, as it was known last. */
export function measureAsOf(law: SanctionLaw, code: string, on: string): MeasureRule | null {
  const versions = law.measures.filter((measure) => measure.code === code)
  return versions.find((measure) => isWithin(measure, on)) ?? versions.at(-1) ?? null
}

/** The memoranda whose object an entry on `list` is on the day `on`. */
export function memorandaInForce(law: SanctionLaw, { list, on }: { list: List; on: string }): Memorandum[] {
  return law.memoranda.filter((memorandum) => memorandum.lists.includes(list) && isWithin(memorandum, on))
}

/**
 * Last day of a measure that has a term of its own, from an entry of the day `on`; null for one that lasts as long as the
 * entry. The term ends on the corresponding day, or the last of its month (民法典 art 202).
 */
export function endOfOwnTerm({ ownTermYears }: MeasureRule, on: string): string | null {
  return ownTermYears === undefined ? null : addYears(on, ownTermYears)
}

/** Last day for an agency to answer what is awaited of it since `since`; null, provisional, where the calendar ends. */
export function answerBy(law: SanctionLaw, step: SanctionDeadline['step'], since: string): DueDay {
  const rule = law.sanctionDeadlines.find((deadline) => deadline.step === step && isWithin(deadline, since))
  return rule === undefined ? { on: null, provisional: false } : addWorkingDays(law.calendar, since, rule.workingDays)
}

/** The longest run of days off and of days whose deadline is not known, before a search for the last late day gives up. */
const searchedDays = 800

/**
 * The newest day such that what has been awaited since then, or longer, is overdue on the day `today`; null when nothing
 * can be. What cannot be told without guessing (a year whose calendar is not loaded) is not called overdue.
 */
export function overdueSince(law: SanctionLaw, step: SanctionDeadline['step'], today: string): string | null {
  for (let back = 1; back <= searchedDays; back += 1) {
    const since = addDays(today, -back)
    const { on } = answerBy(law, step, since)
    if (on !== null && on < today) return since
  }
  return null
}
