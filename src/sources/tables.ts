import { sql } from 'drizzle-orm'
import { index, integer, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core'
import { instant, oneOf, vocabulary } from '../platform/columns.ts'
import { collections, quarantineReasons, quarantineStatuses } from './vocabulary.ts'

/** How far the pulling of a collection has come: kept with each page, so that a killed pull goes on from there. */
export const sourceCheckpoints = pgTable('source_checkpoints', {
  collection: vocabulary(collections).primaryKey(),
  /** Newest `updatedAt` of all complete pulls; the next pull asks from a little before it. */
  watermark: instant(),
  /** The pull under way: what it asked for, the page it has reached, the newest `updatedAt` it has seen. */
  updatedSince: instant(),
  cursor: text(),
  highestUpdatedAt: instant(),
  /** When the last complete pull began. */
  completedAt: instant(),
})

/** Records that could not be taken, each with the reason and its raw form (design rule 9). */
export const quarantine = pgTable(
  'quarantine',
  {
    id: uuid().primaryKey(),
    collection: vocabulary(collections).notNull(),
    /** The record's own id at the source, where it has one that can be read. */
    sourceId: text(),
    /** The valid code that the record names, so that nobody is judged on a record that could not be read. */
    uscc: text(),
    reason: vocabulary(quarantineReasons).notNull(),
    detail: text().notNull(),
    /** JSON text of the record as it came; `text`, since `jsonb` refuses a NUL character. */
    raw: text().notNull(),
    rawSha256: text().notNull(),
    status: vocabulary(quarantineStatuses).notNull(),
    firstSeenAt: instant().notNull(),
    lastSeenAt: instant().notNull(),
    timesSeen: integer().notNull(),
  },
  (table) => [
    oneOf('quarantine_collection', table.collection, collections),
    oneOf('quarantine_reason', table.reason, quarantineReasons),
    oneOf('quarantine_status', table.status, quarantineStatuses),
    index('quarantine_open')
      .on(table.collection, table.reason, table.id)
      .where(sql`${table.status} = 'open'`),
    index('quarantine_uscc')
      .on(table.uscc)
      .where(sql`${table.status} = 'open'`),
    index('quarantine_source_id').on(table.collection, table.sourceId),
    unique('quarantine_one_row_per_record').on(table.collection, table.rawSha256),
  ],
)
