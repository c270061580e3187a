import { z } from 'zod'
import { usccParameter } from '../../credit-files/schemas.ts'
import { message } from '../../platform/language.ts'
import { pageQuery } from '../../platform/pagination.ts'
import { removalReasons, type RemovalReason } from '../domain.ts'
import { day, deadlineSchema, documents, isStorable, lineOfText, statement, storableMessage } from '../schemas.ts'
import { decisionActions, lists, proposalStatuses } from '../vocabulary.ts'

const reasons = Object.keys(removalReasons) as [RemovalReason, ...RemovalReason[]]

export const reasonSchema = z.enum(reasons)

/** What the ground's rule asks for, and whatever else was found; the named ones are checked. */
const factsSchema = z
  .looseObject({
    summary: statement,
    establishedOn: day.optional().meta({ description: 'The day of 查实, or on which an order expired' }),
    reportYear: z.int().min(2013).max(2100).optional().meta({ description: 'The year whose report is missing' }),
    lettersMailedOn: z.tuple([day, day]).optional().meta({ description: 'Two letters to the registered address' }),
    reason: reasonSchema.optional().meta({ description: 'Why an entry ends; else what its ground asks for' }),
  })
  .refine(isStorable, storableMessage)

export const decisionBody = z
  .strictObject({
    action: z.enum(decisionActions).meta({ description: '`restore` cancels an exit that was got by false material' }),
    list: z.enum(lists),
    uscc: usccParameter,
    groundCode: lineOfText(40).optional().meta({ description: 'Of an `enter`' }),
    listingId: z.uuid().optional().meta({ description: 'Of every other action' }),
    decisionNumber: lineOfText(100),
    authority: lineOfText(200),
    decidedOn: day,
    facts: factsSchema,
    evidence: documents.optional(),
  })
  .superRefine(({ action, groundCode, listingId }, context) => {
    const needed = action === 'enter' ? 'groundCode' : 'listingId'
    const given = action === 'enter' ? groundCode : listingId
    if (given !== undefined) return
    context.addIssue({
      code: 'custom',
      path: [needed],
      message: message({ zh: `${action} 须填写 ${needed}。`, en: `${action} needs ${needed}.` }),
    })
  })

export const decisionParams = z.strictObject({ id: z.uuid() })

export const rejectionBody = z.strictObject({ reason: statement.optional() }).nullish()
export const approvalBody = z.strictObject({}).nullish()

export const decisionsQuery = z.strictObject({
  ...pageQuery,
  status: z.enum(proposalStatuses).optional(),
  uscc: usccParameter.optional(),
  overdue: z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .optional()
    .meta({ description: 'Whether the legal deadline of the decision has passed' }),
})

export const decisionSchema = z
  .object({
    id: z.uuid(),
    status: z.enum(proposalStatuses),
    action: z.enum(decisionActions),
    list: z.enum(lists),
    uscc: z.string(),
    listingId: z.uuid().meta({ description: 'The entry; that of an `enter` exists once it is approved' }),
    groundCode: z.string(),
    reportYear: z.int().nullable(),
    decisionNumber: z.string(),
    authority: z.string(),
    decidedOn: day,
    facts: z.record(z.string(), z.unknown()),
    evidence: z.unknown(),
    rulebook: z.string(),
    manualReview: z.boolean().meta({ description: 'The law leaves open which rule applies: it needs a look' }),
    late: z.boolean().meta({ description: 'Decided after the legal deadline; it counts all the same' }),
    deadlines: z.array(deadlineSchema),
    proposedBy: z.uuid(),
    proposedAt: z.iso.datetime(),
    settledBy: z.uuid().nullable(),
    settledAt: z.iso.datetime().nullable(),
    rejectionReason: z.string().nullable(),
  })
  .meta({ id: 'Decision' })

export const decisionPage = z
  .object({ items: z.array(decisionSchema), next: z.string().nullable() })
  .meta({ id: 'DecisionPage' })
