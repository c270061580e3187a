import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  date,
  index,
  integer,
  json,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { instant, oneOf, vocabulary } from './columns.ts'
import { jobLogLevels, jobRunOrigins, jobRunStatuses } from './vocabulary.ts'

/**
 * What ran, when, how far it came, and what waits to be run. A slot of the schedule has one row, so it runs once (rule 8).
 */
export const jobRuns = pgTable(
  'job_runs',
  {
    id: uuid().primaryKey(),
    job: text().notNull(),
    origin: vocabulary(jobRunOrigins).notNull().default('command'),
    /** Who asked for it: the partner whose key was used. */
    requestedBy: uuid(),
    /** The slot of the schedule; null for a run started by hand. */
    slotAt: instant(),
    /** The day it acts as if it were. */
    onDay: date().notNull(),
    dryRun: boolean().notNull().default(false),
    status: vocabulary(jobRunStatuses).notNull(),
    queuedAt: instant().notNull().defaultNow(),
    startedAt: instant(),
    finishedAt: instant(),
    /** How often it was begun: more than once when the process that ran it ended. */
    attempts: integer().notNull().default(1),
    /** Host and process that ran it. */
    process: text(),
    counts: jsonb().notNull(),
    /** `{done, total}`, in whatever the job counts by; null when it does not know. */
    share: jsonb(),
    error: text(),
  },
  (table) => [
    oneOf('job_runs_status', table.status, jobRunStatuses),
    oneOf('job_runs_origin', table.origin, jobRunOrigins),
    uniqueIndex('job_runs_slot').on(table.job, table.slotAt),
    index('job_runs_newest').on(table.startedAt),
    index('job_runs_of_job').on(table.job, table.id),
    index('job_runs_unfinished')
      .on(table.job)
      .where(sql`${table.status} in ('queued', 'running')`),
  ],
)

/** What a run has told, line by line. */
export const jobRunLog = pgTable(
  'job_run_log',
  {
    runId: uuid()
      .notNull()
      .references(() => jobRuns.id, { onDelete: 'cascade' }),
    line: integer().notNull(),
    at: instant().notNull(),
    level: vocabulary(jobLogLevels).notNull(),
    text: text().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.runId, table.line] }),
    oneOf('job_run_log_level', table.level, jobLogLevels),
  ],
)

/** Up to when the slots of a job's schedule have been decided: queued, or left out. What lies after it was missed, or is to come. */
export const jobSlots = pgTable('job_slots', {
  job: text().primaryKey(),
  decidedUntil: instant().notNull(),
})

/** Who decides slots: the holder of the schedule's advisory lock, which tells here who it is. One row. */
export const jobLeader = pgTable('job_leader', {
  name: text().primaryKey(),
  process: text().notNull(),
  since: instant().notNull(),
  seenAt: instant().notNull(),
})

/** First answers of writes that came with an `Idempotency-Key`, per partner. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    partnerId: uuid().notNull(),
    key: text().notNull(),
    /** SHA-256 of method, address and body, to tell the same request from another. */
    requestHash: text().notNull(),
    status: integer().notNull(),
    /** The answer as it was sent; `json`, so that its text never changes. */
    body: json().notNull(),
    createdAt: instant().notNull(),
  },
  (table) => [primaryKey({ columns: [table.partnerId, table.key] })],
)

/** The tables in ranges of a number, and how `make_partitions` makes the next ones. An operator may change how. */
export const partitionedTables = pgTable('partitioned_tables', {
  tableName: text().primaryKey(),
  /** The column of the number. */
  keyColumn: text().notNull(),
  /** How many numbers a new range has. */
  rangeSize: bigint({ mode: 'number' }).notNull(),
  /** So many ranges are made ahead of the one in use. */
  rangesAhead: integer().notNull(),
})
