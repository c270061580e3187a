import { z } from 'zod'
import { usccParameter } from '../credit-files/schemas.ts'
import { lists } from '../listings/vocabulary.ts'
import { day, lineOfText } from '../listings/schemas.ts'
import { pageQuery } from '../platform/pagination.ts'

const fields = {
  list: z.enum(lists),
  groundCode: lineOfText(50),
  title: lineOfText(120),
  text: z
    .string()
    .trim()
    .min(1)
    .max(20_000)
    .regex(/^[\P{Cc}\t\n\r]*$/u)
    .meta({
      description:
        'Plain paragraphs, one a line. `{1}` stands for the first of `businesses`, which is named only while its entry is public',
    }),
  businesses: z.array(usccParameter).max(20).default([]),
  periodFrom: day.meta({ description: 'First day of what the case tells of' }),
  periodTo: day,
}

export const caseBody = z.strictObject(fields)
export const casePatch = z.strictObject({ ...fields, businesses: z.array(usccParameter).max(20) }).partial()
export const caseParams = z.strictObject({ id: z.uuid() })
export const casesQuery = z.strictObject({ ...pageQuery, list: z.enum(lists).optional() })

export const caseSchema = z
  .object({
    id: z.uuid(),
    list: z.enum(lists),
    ground: z.object({ code: z.string(), label: z.string(), article: z.string() }),
    title: z.string(),
    paragraphs: z.array(z.string()),
    businesses: z
      .array(z.object({ uscc: z.string(), name: z.string() }))
      .meta({ description: 'Those of the case whose entries on the list are public today' }),
    periodFrom: day,
    periodTo: day,
    publishedAt: z.iso.datetime(),
    changedAt: z.iso.datetime(),
  })
  .meta({ id: 'TypicalCase' })

export const casesAnswer = z
  .object({ items: z.array(caseSchema), next: z.string().nullable() })
  .meta({ id: 'TypicalCases' })

/** What the staff who wrote it get back: the text as it is kept. */
export const keptCaseSchema = z
  .object({
    id: z.uuid(),
    ...fields,
    businesses: z.array(z.string()),
    publishedBy: z.uuid(),
    publishedAt: z.iso.datetime(),
    changedBy: z.uuid(),
    changedAt: z.iso.datetime(),
    withdrawnAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'KeptCase' })

export type TypicalCase = z.output<typeof caseSchema>
export type KeptCase = z.output<typeof keptCaseSchema>
export type CaseFields = z.output<typeof caseBody>
