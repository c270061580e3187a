import { z } from 'zod'
import { usccParameter } from '../credit-files/schemas.ts'
import { day, lineOfText } from '../listings/schemas.ts'

export const honourBody = z.strictObject({
  uscc: usccParameter,
  title: lineOfText(200),
  authority: lineOfText(200),
  awardedOn: day,
  validUntil: day.nullish(),
})

export const honourSchema = z
  .object({
    id: z.uuid(),
    uscc: z.string(),
    title: z.string(),
    authority: z.string(),
    awardedOn: day,
    validUntil: day.nullable(),
    recordedBy: z.uuid(),
    recordedAt: z.iso.datetime(),
  })
  .meta({ id: 'Honour' })

export type Honour = z.output<typeof honourSchema>
