import { z } from 'zod'
import { usccParameter } from '../credit-files/schemas.ts'
import { reasonSchema } from '../listings/decisions/schemas.ts'
import { day, deadlineSchema, documents, lineOfText, statement } from '../listings/schemas.ts'
import { message } from '../platform/language.ts'
import { pageQuery } from '../platform/pagination.ts'
import { repairStatuses } from './vocabulary.ts'

export const repairBody = z
  .strictObject({
    listingId: z.uuid().optional().meta({ description: 'The entry that is to end' }),
    penaltyId: z.uuid().optional().meta({ description: 'Or the penalty whose publication is to end' }),
    filedOn: day,
    statement,
    documents: documents.optional(),
  })
  .refine(({ listingId, penaltyId }) => (listingId === undefined) !== (penaltyId === undefined), {
    path: ['listingId'],
    message: message({ zh: '须填写 listingId 或 penaltyId 之一。', en: 'Give one of listingId and penaltyId.' }),
  })

export const repairParams = z.strictObject({ id: z.uuid() })
export const acceptanceBody = z.strictObject({ on: day, note: statement.optional() })
export const refusalBody = z.strictObject({ on: day, reason: statement })

const decisionNumber = lineOfText(100).optional().meta({ description: 'Of the decision about an entry' })

export const repairVerdict = z.strictObject({
  on: day,
  outcome: z.enum(['granted', 'refused']),
  reason: statement,
  decisionNumber,
  removalReason: reasonSchema.optional(),
})

export const cancellationBody = z.strictObject({ on: day, reason: statement, decisionNumber })

export const repairsQuery = z.strictObject({
  ...pageQuery,
  status: z.enum(repairStatuses).optional(),
  uscc: usccParameter.optional(),
})

export const repairSchema = z
  .object({
    id: z.uuid(),
    listingId: z.uuid().nullable(),
    penaltyId: z.uuid().nullable(),
    uscc: z.string(),
    status: z.enum(repairStatuses),
    filedOn: day,
    statement: z.string(),
    documents: z.unknown(),
    answeredOn: day.nullable(),
    answerReason: z.string().nullable(),
    decidedOn: day.nullable(),
    decisionReason: z.string().nullable(),
    cancelledOn: day.nullable(),
    cancellationReason: z.string().nullable(),
    decisionId: z.uuid().nullable().meta({ description: 'The proposed exit, which another person approves' }),
    restorationId: z.uuid().nullable().meta({ description: 'The proposed restoration of a cancelled one' }),
    filedBy: z.uuid(),
    answeredBy: z.uuid().nullable(),
    decidedBy: z.uuid().nullable(),
    recordedAt: z.iso.datetime(),
    changedAt: z.iso.datetime(),
    deadlines: z.array(deadlineSchema),
  })
  .meta({ id: 'Repair' })

export const repairPage = z
  .object({ items: z.array(repairSchema), next: z.string().nullable() })
  .meta({ id: 'RepairPage' })
