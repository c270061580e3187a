import { z } from 'zod'
import { usccParameter } from '../../credit-files/schemas.ts'
import { publishedFields } from '../domain.ts'
import { claimSources, webPresenceKinds, webPresenceStatuses } from '../vocabulary.ts'

export const provenanceParams = z.strictObject({ uscc: usccParameter })

const day = z.iso.date()
const moment = z.iso.datetime()

/** Which record said something, when its source last changed it, and when it was received. */
const origin = {
  sourceId: z.string(),
  updatedAt: moment,
  receivedAt: moment,
}

export const provenanceSchema = z
  .object({
    uscc: z.string(),
    fields: z
      .array(
        z.object({
          field: z.enum(publishedFields),
          value: z.union([z.string(), z.array(z.string()), z.null()]),
          origin: z
            .object({ source: z.literal('subjects'), ...origin })
            .nullable()
            .meta({
              description: 'The record that said it; null where none did',
            }),
        }),
      )
      .meta({ description: 'Of each field, the newest record that states it' }),
    webPresences: z.array(
      z.object({
        id: z.uuid(),
        key: z.string(),
        url: z.string(),
        status: z.enum(webPresenceStatuses),
        sources: z.array(z.enum(claimSources)).meta({ description: 'Who says it now, or said it last' }),
        claims: z
          .array(
            z.object({
              source: z.enum(claimSources),
              ...origin,
              uscc: z.string().nullable().meta({ description: 'Null where the record names its owner without a code' }),
              ownerName: z.string(),
              kind: z.enum(webPresenceKinds),
              name: z.string(),
              url: z.string(),
              platform: z.string().nullable(),
              shopId: z.string().nullable(),
              icpNumber: z.string().nullable(),
              year: z.int().nullable().meta({ description: 'Of an annual report' }),
              isInUse: z.boolean().meta({ description: 'Whether it says so still' }),
              statedOn: day.meta({ description: 'The day of the publication, filing or report' }),
            }),
          )
          .meta({ description: 'Every record that says the business runs it, or said so, newest first' }),
      }),
    ),
  })
  .meta({ id: 'Provenance' })

export type Provenance = z.output<typeof provenanceSchema>
