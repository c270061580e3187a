import { z } from 'zod'
import { deadlineSteps } from '../rulebook/case-deadlines.ts'
import { caseActions } from '../rulebook/course.ts'
import { versionSubjects } from '../rulebook/rulebook.ts'
import { lists } from '../listings/vocabulary.ts'

const day = z.iso.date()
const force = {
  from: day,
  to: day.nullable().meta({ description: 'Last day in force; null while there is no end' }),
  evidence: z.string().meta({
    description: 'How the fact is known: `text` read, `2nd` an excerpt read, `own-H`, `own-M`, `own-L` from knowledge',
  }),
}
const list = z.enum(lists)

export const rulebookQuery = z.strictObject({
  asOf: day.optional().meta({ description: 'Only what is in force on this day; else every version' }),
})

export const rulebookAnswer = z
  .object({
    revision: z.int().min(0).meta({ description: '0 as built in, then the number of the newest amendment' }),
    asOf: day.nullable(),
    instruments: z.array(z.object({ code: z.string(), title: z.string(), number: z.string(), ...force })),
    versions: z.array(z.object({ code: z.string(), subject: z.enum(versionSubjects), governs: z.string(), ...force })),
    grounds: z.array(
      z.object({
        code: z.string(),
        list,
        entityTypes: z.array(z.string()),
        label: z.string(),
        article: z.string(),
        listStep: z.string().nullable(),
        exitArticle: z.string(),
        exitStep: z.string().nullable(),
        objectionStep: z.string().nullable(),
        correctionArticle: z.string(),
        ...force,
      }),
    ),
    deadlines: z.array(
      z.object({
        code: z.string(),
        fromEvent: z.string(),
        actor: z.string(),
        period: z.record(z.string(), z.unknown()),
        article: z.string(),
        ...force,
      }),
    ),
    exits: z.array(
      z.object({
        grounds: z.array(z.string()),
        policy: z.enum(['auto', 'apply', 'manual']),
        termYears: z.int().nullable(),
        earlyExitAfterYears: z.int().nullable(),
        applyWithinYears: z.int().nullable(),
        article: z.string(),
        ...force,
      }),
    ),
    publicationAfterExit: z.array(z.object({ list, stays: z.boolean(), article: z.string(), ...force })),
    reportWindows: z.array(
      z.object({
        reportYear: z.int(),
        entityType: z.string().nullable(),
        regionPrefix: z.string().nullable(),
        closesOn: day,
        evidence: z.string(),
      }),
    ),
    measures: z.array(
      z.object({
        code: z.string(),
        label: z.string(),
        agencies: z.array(z.string()),
        lists: z.array(list),
        grounds: z.array(z.string()),
        basisKind: z.enum(['LAW', 'POLICY', 'MEMO']),
        article: z.string(),
        measureClass: z.enum(['A', 'B', 'C']),
        ...force,
      }),
    ),
    calendarYears: z.array(z.int()).meta({ description: 'Years whose State Council holiday notice is loaded' }),
  })
  .meta({ id: 'Rulebook' })

export const evaluateBody = z.strictObject({
  list,
  groundCode: z.string().min(1).max(50),
  history: z
    .array(z.strictObject({ action: z.enum(caseActions), on: day }))
    .min(1)
    .max(200)
    .meta({ description: 'What happened, in order; the first is `due` or `enter`' }),
  on: day.meta({ description: 'The day on which the case is judged' }),
})

const deadline = z.object({
  step: z.enum(deadlineSteps),
  code: z.string().meta({ description: 'The step of the rulebook, as in /v1/rulebook/steps/{code}/due' }),
  dueOn: day.nullable().meta({ description: 'Null when it cannot be told: `provisional`' }),
  article: z.string(),
  provisional: z.boolean(),
})

export const evaluateAnswer = z
  .object({
    status: z.enum(['due', 'in-force', 'removed', 'revoked', 'corrected']),
    rulebook: z.string(),
    permitted: z.array(z.object({ action: z.enum(caseActions), article: z.string() })),
    deadlines: z.array(deadline),
    expiresOn: day.nullable(),
    publishedUntil: day
      .nullable()
      .meta({ description: 'Last day on which it may be shown; null while no end is known' }),
    manualReview: z.boolean().meta({ description: 'The law leaves open which rule applies: a look by two people' }),
  })
  .meta({ id: 'CaseState' })

export const stepParams = z.strictObject({ code: z.string().min(1).max(50) })
export const stepQuery = z.strictObject({ from: day.meta({ description: 'The day of the event; it is not counted' }) })

export const stepAnswer = z
  .object({
    step: z.string(),
    dueOn: day.nullable(),
    unrolledDueOn: day.nullable().meta({ description: 'The day without the roll to a working day' }),
    window: z.array(day).length(2).nullable().meta({ description: 'First and last day, for a step with a window' }),
    provisional: z.boolean(),
    repealed: z.boolean(),
    article: z.string(),
    evidence: z.string(),
  })
  .meta({ id: 'StepDue' })

export const addQuery = z.strictObject({
  from: day.meta({ description: 'Not counted itself (民法典 art 201)' }),
  workingDays: z.coerce.number().int().min(1).max(3000),
})

export const addAnswer = z
  .object({
    on: day.nullable().meta({ description: 'Null when the count runs into a year whose notice is not loaded' }),
    provisional: z.boolean(),
  })
  .meta({ id: 'WorkingDay' })
