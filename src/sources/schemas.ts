import { z } from 'zod'
import { pageQuery } from '../platform/pagination.ts'
import { collections, intakeOrigins, quarantineReasons, quarantineStatuses, sourceStatuses } from './vocabulary.ts'

export const quarantineQuery = z.strictObject({
  ...pageQuery,
  status: z.enum(quarantineStatuses).default('open'),
  collection: z.enum(collections).optional(),
  reason: z.enum(quarantineReasons).optional(),
})

export const quarantineItem = z
  .object({
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
    correction: z.unknown().meta({ description: 'The record as a person has put it right, null without one' }),
    settledAt: z.iso.datetime().nullable(),
    settledBy: z.uuid().nullable().meta({ description: 'Null while open, and when it was taken by itself' }),
    settleReason: z.string().nullable(),
  })
  .meta({ id: 'QuarantineItem' })

export type QuarantineItem = z.output<typeof quarantineItem>

export const quarantinePage = z
  .object({ items: z.array(quarantineItem), next: z.string().nullable() })
  .meta({ id: 'QuarantinePage' })

export const quarantineParameters = z.strictObject({ id: z.uuid() })

const why = z
  .string()
  .trim()
  .min(1)
  .max(1000)
  .regex(/^[\P{Cc}\t\n\r]*$/u)

export const retryBody = z
  .strictObject({
    record: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ description: 'The whole record, put right; without it the one that came is tried again' }),
    reason: why.optional(),
  })
  .nullish()

export const retriedRecord = z
  .object({
    taken: z.boolean(),
    reason: z.enum(quarantineReasons).nullable().meta({ description: 'Why it was refused again' }),
    detail: z.string().nullable(),
    item: quarantineItem,
  })
  .meta({ id: 'RetriedRecord' })

export type RetriedRecord = z.output<typeof retriedRecord>

export const discardBody = z.strictObject({ reason: why })

export const sourceSchema = z
  .object({
    collection: z.enum(collections),
    status: z.enum(sourceStatuses),
    reason: z.string().nullable().meta({ description: 'Why it is stopped, left alone or failing: a code' }),
    detail: z.string().nullable(),
    since: z.iso.datetime().nullable().meta({ description: 'When it was stopped, or last failed' }),
    retryAt: z.iso.datetime().nullable().meta({ description: 'Before this it is left alone' }),
    failures: z.int().meta({ description: 'Runs that failed one after the other' }),
    watermark: z.iso.datetime().nullable().meta({ description: 'The newest change that was pulled completely' }),
    lastReadAt: z.iso.datetime().nullable(),
    lastCompletePullAt: z.iso.datetime().nullable(),
    ageSeconds: z.int().nullable().meta({ description: 'Since the last complete pull began' }),
    inProgress: z.boolean().meta({ description: 'A pull is under way, or was broken off and will go on' }),
    heldRecords: z.int().meta({ description: 'Records that the source is known to have' }),
    openInQuarantine: z.int(),
  })
  .meta({ id: 'Source' })

export type SourceItem = z.output<typeof sourceSchema>

export const sourceList = z.object({ items: z.array(sourceSchema) }).meta({ id: 'SourceList' })

export const collectionParameters = z.strictObject({ collection: z.enum(collections) })

export const resumeBody = z.strictObject({
  reason: why,
  accept: z.boolean().default(false).meta({
    description: 'What it was stopped for is right: the next complete pull is not stopped for the same',
  }),
})

export const recordsQuery = z
  .strictObject({
    collection: z.enum(collections),
    uscc: z.string().min(1).max(18).optional().meta({ description: 'Of a business: every record that is held of it' }),
    sourceId: z.string().min(1).max(200).optional(),
    receivedAt: z.iso.datetime().optional().meta({ description: 'With sourceId: as the record that is held has it' }),
  })
  .refine(
    ({ uscc, sourceId, receivedAt }) => uscc !== undefined || (sourceId !== undefined && receivedAt !== undefined),
    {
      message: 'give uscc, or sourceId and receivedAt',
    },
  )

export const tracedRecords = z
  .object({
    items: z.array(
      z.object({
        sourceId: z.string(),
        receivedAt: z.iso.datetime(),
        raw: z.unknown().meta({ description: 'The record as it stands in the bytes; null when they are forgotten' }),
        quarantineId: z.uuid().nullable().meta({ description: 'When it was taken out of the quarantine' }),
        intake: z
          .object({
            id: z.uuid(),
            origin: z.enum(intakeOrigins),
            sha256: z.string(),
            location: z.string(),
            updatedSince: z.iso.datetime().nullable(),
            cursor: z.string().nullable(),
            runId: z.uuid().nullable(),
            parserVersion: z.int(),
            records: z.int(),
          })
          .nullable(),
      }),
    ),
  })
  .meta({ id: 'TracedRecords' })

export type TracedRecord = z.output<typeof tracedRecords>['items'][number]
