import { z } from 'zod'
import { usccParameter } from '../credit-files/schemas.ts'
import { day, deadlineSchema, documents, lineOfText, statement } from '../listings/schemas.ts'
import { message } from '../platform/language.ts'
import { pageQuery } from '../platform/pagination.ts'
import { objectionStatuses } from './vocabulary.ts'

export const objectionBody = z.strictObject({
  listingId: z.uuid(),
  filedOn: day,
  statement,
  evidence: documents.optional(),
  manualOverride: z.strictObject({ reason: statement }).optional().meta({
    description: 'Takes an objection that was filed after its last day, with the reason',
  }),
})

export const objectionParams = z.strictObject({ id: z.uuid() })
export const acceptanceBody = z.strictObject({ on: day, note: statement.optional() })
export const refusalBody = z.strictObject({ on: day, reason: statement })

export const objectionVerdict = z
  .strictObject({
    on: day,
    outcome: z.enum(['upheld', 'rejected']),
    reason: statement.meta({ description: 'The written answer to the business' }),
    decisionNumber: lineOfText(100).optional().meta({ description: 'Of the correction, where it is upheld' }),
  })
  .refine(({ outcome, decisionNumber }) => outcome === 'rejected' || decisionNumber !== undefined, {
    path: ['decisionNumber'],
    message: message({
      zh: '异议成立的，须填写更正决定文号。',
      en: 'An upheld objection needs the number of the correction.',
    }),
  })

export const objectionsQuery = z.strictObject({
  ...pageQuery,
  status: z.enum(objectionStatuses).optional(),
  uscc: usccParameter.optional(),
})

export const objectionSchema = z
  .object({
    id: z.uuid(),
    listingId: z.uuid(),
    uscc: z.string(),
    status: z.enum(objectionStatuses),
    filedOn: day,
    statement: z.string(),
    evidence: z.unknown(),
    overrideReason: z.string().nullable(),
    answeredOn: day.nullable(),
    answerReason: z.string().nullable(),
    decidedOn: day.nullable(),
    decisionReason: z.string().nullable(),
    decisionId: z.uuid().nullable().meta({ description: 'The proposed correction, which another person approves' }),
    filedBy: z.uuid(),
    answeredBy: z.uuid().nullable(),
    decidedBy: z.uuid().nullable(),
    recordedAt: z.iso.datetime(),
    changedAt: z.iso.datetime(),
    deadlines: z.array(deadlineSchema),
  })
  .meta({ id: 'Objection' })

export const objectionPage = z
  .object({ items: z.array(objectionSchema), next: z.string().nullable() })
  .meta({ id: 'ObjectionPage' })
