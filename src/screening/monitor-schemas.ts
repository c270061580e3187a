import { z } from 'zod'
import { lists } from '../listings/vocabulary.ts'
import { pageQuery } from '../platform/pagination.ts'
import { candidateFields, memberRef, nameThreshold, resultFields, watchedLists } from './schemas.ts'
import { decisions } from './vocabulary.ts'

export const uuid = z.uuid()
export const monitorId = z.strictObject({ id: uuid })
export const memberParameters = z.strictObject({
  id: uuid,
  ref: memberRef.meta({ description: 'Your own name of the member' }),
})

export const deletedResponse = z.undefined().meta({ description: 'Deleted' })

export const monitorBody = z
  .strictObject({
    name: z.string().trim().min(1).max(200),
    lists: watchedLists.optional().meta({ description: 'Both lists without it' }),
    threshold: nameThreshold.optional().meta({ description: 'Least score of names that count as alike' }),
  })
  .meta({ id: 'MonitorRequest' })

export const monitorSchema = z
  .object({
    id: uuid,
    name: z.string(),
    lists: z.array(z.enum(lists)),
    threshold: z.number(),
    memberCount: z.int(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Monitor' })

export const monitorsQuery = z.strictObject(pageQuery)
export const monitorsAnswer = z
  .object({ items: z.array(monitorSchema), next: z.string().nullable() })
  .meta({ id: 'MonitorPage' })

export const memberBody = z.strictObject(candidateFields).meta({ id: 'MonitorMember' })

export const membersBody = z
  .strictObject({
    members: z
      .array(z.strictObject({ ref: memberRef, ...candidateFields }))
      .min(1)
      .max(10_000),
  })
  .meta({ id: 'MonitorMembers' })

export const membersPage = z
  .object({
    items: z.array(
      z.object({
        ref: z.string(),
        ...candidateFields,
        decision: z.enum(decisions).nullable().meta({ description: 'Of the last look; null before the first' }),
      }),
    ),
    next: z.string().nullable(),
  })
  .meta({ id: 'MonitorMemberPage' })

export const membersAnswer = z
  .object({
    added: z.int().meta({ description: 'How many are new; the others were changed, or are as they were' }),
    memberCount: z.int(),
  })
  .meta({ id: 'MonitorMembersTaken' })

export const alertsQuery = z.strictObject({
  after: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0).meta({
    description: '`sequence` after which to read; 0 reads from the beginning',
  }),
  limit: z.coerce.number().int().min(1).max(1000).default(1000),
})

export const alertsAnswer = z
  .object({
    items: z.array(
      z.object({
        id: uuid,
        sequence: z.int().meta({ description: 'Its place among all alerts: rises, with gaps' }),
        ref: z.string(),
        position: z.int().meta({ description: 'Place in the change feed as of which the member was looked at' }),
        raisedAt: z.iso.datetime(),
        before: z.enum(decisions).nullable().meta({ description: 'The decision before; null at the first look' }),
        result: z.object(resultFields),
      }),
    ),
    next: z.int().meta({ description: 'What to pass as `after` in the next call' }),
  })
  .meta({ id: 'MonitorAlertPage' })
