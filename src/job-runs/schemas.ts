import { z } from 'zod'
import { pageQuery } from '../platform/pagination.ts'
import { jobLogLevels, jobRunOrigins, jobRunStatuses } from '../platform/vocabulary.ts'

const jobName = z.string().regex(/^[a-z][a-z0-9-]{0,99}$/)

export const jobRunsQuery = z.strictObject({
  ...pageQuery,
  job: jobName.optional(),
  status: z.enum(jobRunStatuses).optional(),
})

export const jobRunParams = z.strictObject({ id: z.uuid() })

export const jobRunBody = z.strictObject({
  job: jobName.meta({ description: 'A name of `GET /v1/jobs`' }),
  on: z.iso.date().optional().meta({ description: 'Acts as if this day were today' }),
  dryRun: z.boolean().default(false).meta({ description: 'Does everything and commits nothing' }),
})

const run = {
  id: z.uuid(),
  job: z.string(),
  origin: z.enum(jobRunOrigins),
  requestedBy: z.uuid().nullable().meta({ description: 'The partner whose key asked for it' }),
  slotAt: z.iso.datetime().nullable().meta({ description: 'The slot of the schedule' }),
  on: z.iso.date(),
  dryRun: z.boolean(),
  status: z.enum(jobRunStatuses),
  queuedAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
  attempts: z.int().meta({ description: 'More than one when a process that ran it ended' }),
  process: z.string().nullable(),
  counts: z.record(z.string(), z.unknown()),
  share: z
    .object({ done: z.number(), total: z.number() })
    .nullable()
    .meta({ description: 'How far it has come; null where the job does not know' }),
  error: z.string().nullable(),
}

export const jobRunSchema = z.object(run).meta({ id: 'JobRun' })

export const jobRunWithLog = z
  .object({
    ...run,
    log: z
      .array(z.object({ at: z.iso.datetime(), level: z.enum(jobLogLevels), text: z.string() }))
      .meta({ description: 'At most 1,000 lines' }),
  })
  .meta({ id: 'JobRunWithLog' })

export const jobRunPage = z
  .object({ items: z.array(jobRunSchema), next: z.string().nullable() })
  .meta({ id: 'JobRunPage' })

export const jobList = z
  .object({
    items: z.array(
      z.object({
        name: z.string(),
        description: z.string(),
        cron: z.string(),
        timeZone: z.string(),
        catchUp: z.enum(['latest', 'each']),
        canDryRun: z.boolean(),
        nextSlotAt: z.iso.datetime(),
        notReady: z.string().nullable().meta({ description: 'Why it cannot run with the settings of this process' }),
        lastRun: jobRunSchema.nullable(),
      }),
    ),
    next: z.null(),
    leader: z
      .object({ process: z.string(), since: z.iso.datetime(), seenAt: z.iso.datetime() })
      .nullable()
      .meta({ description: 'The process that decides which slots are due; null when there is none' }),
  })
  .meta({ id: 'JobList' })
