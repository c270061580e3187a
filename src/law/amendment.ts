import { z } from 'zod'
import { lists } from '../listings/vocabulary.ts'
import type { YearArrangement } from '../rulebook/calendar.ts'
import { weekdayOf, yearOf } from '../rulebook/plain-date.ts'
import { versionSubjects, type RulebookData } from '../rulebook/rulebook.ts'

/** What operators write down to change the law as data, checked before anything of it is taken. */

const day = z.iso.date()
const text = z.strictObject({ zh: z.string().min(1).max(2000), en: z.string().min(1).max(2000) })
const code = z.string().regex(/^[A-Z][A-Z0-9-]{1,40}$/, 'must be a code such as ABN-68-4-1')
/** One ground, or all that begin so. */
const groundPattern = z.string().regex(/^[A-Z][A-Z0-9-]*\*?$/, 'must be a ground such as ABN-68-4-1 or SER-44-*')
const step = code.nullable()
const years = z.int().min(1).max(100).nullable()

const force = { from: day, to: day.nullable().default(null), evidence: z.string().min(1).max(50) }

/** A period of force that ends before it begins would never hold. */
const inOrder = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject({ ...shape, ...force }).superRefine((row, context) => {
    const { from, to } = row as { from: string; to: string | null }
    if (to !== null && to < from) context.addIssue({ code: 'custom', path: ['to'], message: 'is before `from`' })
  })

const amount = z.int().min(1).max(10_000)
const monthDay = z.string().regex(/^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, 'must be a day such as 06-30')
const period = z.discriminatedUnion('unit', [
  z.strictObject({ unit: z.enum(['working-days', 'days', 'months', 'years']), amount }),
  z.strictObject({ unit: z.literal('days-between'), least: amount, most: amount }),
  z.strictObject({ unit: z.literal('days-before'), amount, afterYears: z.int().min(0).max(100) }),
  z.strictObject({ unit: z.literal('years-then-days'), amount, days: amount }),
  z.strictObject({
    unit: z.literal('yearly-windows'),
    windows: z.array(z.strictObject({ opensOn: monthDay, closesOn: monthDay })).min(1),
  }),
])

/** The rows of an amendment file; unknown fields are refused, so that a typo never passes. */
export const amendmentFile = z
  .strictObject({
    note: z.string().min(1).max(2000).meta({ description: 'What it rests on' }),
    instruments: z.array(inOrder({ code, title: text, number: z.string().min(1).max(200) })).default([]),
    versions: z.array(inOrder({ code, subject: z.enum(versionSubjects), governs: text })).default([]),
    grounds: z
      .array(
        inOrder({
          code,
          list: z.enum(lists),
          entityTypes: z.array(z.string().min(1)).min(1),
          label: text,
          article: text,
          trigger: z.enum(['missing-report', 'expired-order', 'falsity', 'unreachable', 'long-abnormal', 'violation']),
          listStep: step,
          exit: z.strictObject({ article: text, step, verified: z.boolean() }),
          objectionStep: step,
          correction: text,
        }),
      )
      .default([]),
    steps: z.array(inOrder({ code, fromEvent: text, actor: text, period, article: text })).default([]),
    exitPolicies: z
      .array(
        inOrder({
          grounds: z.array(groundPattern).min(1),
          policy: z.enum(['auto', 'apply', 'manual']),
          termYears: years,
          earlyExitAfterYears: years,
          applyWithinYears: years,
          article: text,
        }),
      )
      .default([]),
    afterExit: z.array(inOrder({ list: z.enum(lists), stays: z.boolean(), article: text })).default([]),
    reportWindows: z
      .array(
        z.strictObject({
          reportYear: z.int().min(2013).max(2200),
          entityType: z.string().nullable(),
          regionPrefix: z
            .string()
            .regex(/^\d{2,6}$/)
            .nullable(),
          closesOn: day,
          evidence: z.string().min(1).max(50),
        }),
      )
      .default([]),
    measures: z
      .array(
        inOrder({
          code,
          label: text,
          agencies: z.array(z.string().min(1)).min(1),
          lists: z.array(z.enum(lists)),
          grounds: z.array(groundPattern).optional(),
          follows: text.optional(),
          ownTermYears: z.int().min(1).max(100).optional(),
          basisKind: z.enum(['LAW', 'POLICY', 'MEMO']),
          basis: text,
          measureClass: z.enum(['A', 'B', 'C']),
        }),
      )
      .default([]),
    sanctionDeadlines: z
      .array(inOrder({ step: z.enum(['receive', 'execute', 'lift']), workingDays: amount, article: text }))
      .default([]),
  })
  .refine(({ note: _, ...rows }) => Object.values(rows).some((some) => some.length > 0), 'has no rows')

export type AmendmentRows = z.output<typeof amendmentFile>

/** Rows of an amendment as the rulebook takes them, with the note apart. */
export function amendmentOf(file: AmendmentRows): { note: string; data: Partial<RulebookData> } {
  const { note, ...rows } = file
  const data = Object.fromEntries(Object.entries(rows).filter(([, some]) => some.length > 0))
  return { note, data: data }
}

const arrangement = z.strictObject({ year: z.int().min(2014).max(2200), off: z.array(day), work: z.array(day) })

/** A year as the project holiday-cn publishes it, with the State Council's notices in `papers`. */
const holidayCn = z
  .object({
    year: z.int().min(2014).max(2200),
    papers: z.array(z.string()),
    days: z.array(z.object({ name: z.string(), date: day, isOffDay: z.boolean() })),
  })
  .transform(({ year, days }) => ({
    year,
    off: days.filter(({ isOffDay }) => isOffDay).map(({ date }) => date),
    work: days.filter(({ isOffDay }) => !isOffDay).map(({ date }) => date),
  }))

/**
 * The arrangement of a year, as our own `{year, off, work}` or as holiday-cn's file of the year. A file from before the
 * notice is out has no days; it and one whose days are not of the year, or do not differ from the ordinary week, are
 * refused: a wrong calendar is worse than none.
 */
export const calendarFile = z
  .union([arrangement, holidayCn])
  .superRefine(({ year, off, work }, context) => {
    const refuse = (message: string) => {
      context.addIssue({ code: 'custom', message })
    }
    if (off.length < 11) refuse(`has ${off.length} days off: the notice of ${year} is not in it`)
    const weekend = (on: string) => weekdayOf(on) === 0 || weekdayOf(on) === 6
    // The notice of a year may arrange the last days of the year before.
    for (const on of [...off, ...work]) {
      if (yearOf(on) !== year && yearOf(on) !== year - 1) refuse(`${on} is not a day of ${year}`)
    }
    for (const on of work) if (!weekend(on)) refuse(`${on} is a weekday and needs no moving`)
    if (!off.includes(`${year}-01-01`)) refuse(`${year}-01-01 is not off`)
    if (!off.includes(`${year}-10-01`)) refuse(`${year}-10-01 is not off`)
  })
  .transform(({ year, off, work }): Record<string, YearArrangement> => ({ [year]: { off, work } }))
