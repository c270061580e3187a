import { z } from 'zod'
import { usccParameter } from '../credit-files/schemas.ts'
import { day, lineOfText, statement } from '../listings/schemas.ts'
import { penaltyGrades, penaltyKinds, withdrawalReasons } from './vocabulary.ts'

export const penaltyBody = z.strictObject({
  uscc: usccParameter,
  decisionNumber: lineOfText(100),
  authority: lineOfText(200),
  ground: lineOfText(500).meta({ description: 'What was punished (违法行为类型)' }),
  kind: lineOfText(200).meta({ description: 'As printed in the decision, e.g. 罚款、没收违法所得' }),
  kinds: z.array(z.enum(penaltyKinds)).min(1).optional().meta({ description: 'Without it, read from `kind`' }),
  grade: z.enum(penaltyGrades).optional().meta({ description: '轻微, 一般 or 严重; without it, by the kinds' }),
  safetyRelated: z.boolean().default(false).meta({ description: 'Food, drugs or special equipment' }),
  amountFen: z.int().min(0).max(Number.MAX_SAFE_INTEGER).nullish(),
  decidedOn: day,
  publishedOn: day.optional().meta({ description: 'Today where it is left out' }),
})

export const penaltyParams = z.strictObject({ id: z.uuid() })

export const withdrawalBody = z.strictObject({
  reason: z.enum(withdrawalReasons).exclude(['term-over', 'repaired']),
  on: day.optional().meta({ description: 'The day of the act that calls for it; today where it is left out' }),
  note: statement.optional(),
})

export const penaltySchema = z
  .object({
    id: z.uuid(),
    uscc: z.string(),
    decisionNumber: z.string(),
    authority: z.string(),
    ground: z.string(),
    kind: z.string(),
    kinds: z.array(z.enum(penaltyKinds)),
    grade: z.enum(penaltyGrades),
    safetyRelated: z.boolean(),
    amountFen: z.int().nullable(),
    decidedOn: day,
    publishedOn: day,
    restartedOn: day.nullable(),
    publishedUntil: day.nullable().meta({ description: 'Last day on which it may be shown; null for a warning alone' }),
    shown: z.boolean().meta({ description: 'Whether the public may see it' }),
    rulebook: z.string(),
    recordedBy: z.uuid().nullable().meta({ description: 'Null for one that a source told' }),
    recordedAt: z.iso.datetime(),
  })
  .meta({ id: 'Penalty' })
