import type { z } from 'zod'
import type { Language } from '../platform/language.ts'
import { isWithin } from '../rulebook/plain-date.ts'
import type { Rulebook } from '../rulebook/rulebook.ts'
import type { rulebookAnswer } from './schemas.ts'

/** The rulebook as the public reads it: in one language, and only what is in force on `asOf` where a day is given. */
export function inLanguage(
  rulebook: Rulebook,
  asOf: string | null,
  language: Language,
): z.output<typeof rulebookAnswer> {
  const inForce = <Row extends { from: string; to: string | null }>(rows: readonly Row[]) =>
    rows.filter((row) => asOf === null || isWithin(row, asOf))
  return {
    revision: rulebook.revision,
    asOf,
    instruments: inForce(rulebook.instruments).map(({ title, ...row }) => ({ ...row, title: title[language] })),
    versions: inForce(rulebook.versions).map(({ governs, ...row }) => ({ ...row, governs: governs[language] })),
    grounds: inForce(rulebook.grounds).map(({ label, article, exit, correction, trigger: _, ...row }) => ({
      ...row,
      entityTypes: [...row.entityTypes],
      label: label[language],
      article: article[language],
      exitArticle: exit.article[language],
      exitStep: exit.step,
      correctionArticle: correction[language],
    })),
    deadlines: inForce(rulebook.steps).map(({ fromEvent, actor, article, period, ...row }) => ({
      ...row,
      fromEvent: fromEvent[language],
      actor: actor[language],
      period: { ...period },
      article: article[language],
    })),
    exits: inForce(rulebook.exitPolicies).map(({ article, grounds, ...row }) => ({
      ...row,
      grounds: [...grounds],
      article: article[language],
    })),
    publicationAfterExit: inForce(rulebook.afterExit).map(({ article, ...row }) => ({
      ...row,
      article: article[language],
    })),
    reportWindows: [...rulebook.reportWindows],
    measures: inForce(rulebook.measures).map(({ label, basis, agencies, lists, grounds, ...row }) => ({
      ...row,
      agencies: [...agencies],
      lists: [...lists],
      grounds: [...(grounds ?? [])],
      label: label[language],
      article: basis[language],
    })),
    calendarYears: [...rulebook.calendar.years].sort((a, b) => a - b),
  }
}
