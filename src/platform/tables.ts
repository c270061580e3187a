import { date, index, integer, json, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { instant, oneOf, vocabulary } from './columns.ts'

export const jobRunStatuses = ['running', 'succeeded', 'failed', 'interrupted'] as const

/** What ran, when, and how far it came. A scheduled slot is claimed by inserting its row, so it runs once (rule 8). */
export const jobRuns = pgTable(
  'job_runs',
  {
    id: uuid().primaryKey(),
    job: text().notNull(),
    /** The slot of the schedule; null for a run started by hand. */
    slotAt: instant(),
    /** The day it acts as if it were. */
    onDay: date().notNull(),
    status: vocabulary(jobRunStatuses).notNull(),
    startedAt: instant().notNull(),
    finishedAt: instant(),
    counts: jsonb().notNull(),
    error: text(),
  },
  (table) => [
    oneOf('job_runs_status', table.status, jobRunStatuses),
    uniqueIndex('job_runs_slot').on(table.job, table.slotAt),
    index('job_runs_newest').on(table.startedAt),
  ],
)

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
