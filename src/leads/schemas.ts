import { z } from 'zod'
import { usccParameter } from '../credit-files/schemas.ts'
import { day, statement } from '../listings/schemas.ts'
import { pageQuery } from '../platform/pagination.ts'
import { regionPrefix } from '../registry/schemas.ts'
import { claimSources } from '../registry/vocabulary.ts'
import { leadKinds, leadStatuses } from './vocabulary.ts'

export const leadsQuery = z.strictObject({
  ...pageQuery,
  status: z.enum(leadStatuses).default('open'),
  kind: z.enum(leadKinds).optional(),
  uscc: usccParameter.optional(),
  regionCode: regionPrefix.optional(),
})

export const leadParams = z.strictObject({ id: z.uuid() })

export const closeLeadBody = z.strictObject({ reason: statement })

const moment = z.iso.datetime()

const evidence = z.object({
  businesses: z
    .array(
      z.object({
        uscc: z.string(),
        name: z.string(),
        formerNames: z.array(z.string()),
        status: z.string(),
        regionCode: z.string(),
        sourceId: z.string(),
        updatedAt: moment,
        receivedAt: moment,
      }),
    )
    .meta({ description: 'What the registry says' }),
  claims: z
    .array(
      z.object({
        source: z.enum(claimSources),
        sourceId: z.string().meta({ description: 'The record at its source' }),
        uscc: z.string().nullable(),
        ownerName: z.string(),
        key: z.string().nullable(),
        url: z.string().nullable(),
        name: z.string().nullable().meta({ description: 'Of the site or shop' }),
        platform: z.string().nullable(),
        shopId: z.string().nullable(),
        icpNumber: z.string().nullable(),
        year: z.int().nullable().meta({ description: 'Of an annual report' }),
        statedOn: day.meta({ description: 'The day of the publication, filing or report' }),
        updatedAt: moment,
        receivedAt: moment,
      }),
    )
    .meta({ description: 'What the records of the sources say, at most a hundred of them' }),
})

export const leadSchema = z
  .object({
    id: z.uuid(),
    kind: z.enum(leadKinds),
    label: z.string(),
    about: z.string().meta({ description: 'The address or the code that the contradiction is about' }),
    usccs: z.array(z.string()),
    regionCodes: z.array(z.string()),
    evidence,
    status: z.enum(leadStatuses),
    openedAt: moment,
    changedAt: moment,
    closedAt: moment.nullable(),
    closedBy: z
      .uuid()
      .nullable()
      .meta({ description: 'The partner whose key closed it; null for one that closed by itself' }),
    closeReason: z.string().nullable(),
  })
  .meta({ id: 'Lead' })

export const leadPage = z.object({ items: z.array(leadSchema), next: z.string().nullable() }).meta({ id: 'LeadPage' })
