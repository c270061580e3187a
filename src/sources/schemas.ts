import { z } from 'zod'
import { pageQuery } from '../platform/pagination.ts'
import { collections, quarantineReasons, quarantineStatuses } from './vocabulary.ts'

export const quarantineQuery = z.strictObject({
  ...pageQuery,
  status: z.enum(quarantineStatuses).default('open'),
  collection: z.enum(collections).optional(),
  reason: z.enum(quarantineReasons).optional(),
})

export const quarantinePage = z
  .object({
    items: z.array(
      z.object({
        id: z.uuid(),
        collection: z.enum(collections),
        sourceId: z.string().nullable(),
        uscc: z.string().nullable().meta({ description: 'The valid code that the record names, if any' }),
        reason: z.enum(quarantineReasons),
        detail: z.string().meta({ description: 'Pointer into the record and what is wrong there' }),
        raw: z.unknown().meta({ description: 'The record as it came' }),
        status: z.enum(quarantineStatuses),
        firstSeenAt: z.iso.datetime(),
        lastSeenAt: z.iso.datetime(),
        timesSeen: z.int(),
      }),
    ),
    next: z.string().nullable(),
  })
  .meta({ id: 'QuarantinePage' })

export type QuarantineItem = z.output<typeof quarantinePage>['items'][number]
