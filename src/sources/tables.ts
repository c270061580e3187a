import { sql } from 'drizzle-orm'
import { bigint, index, integer, jsonb, pgTable, text, unique, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { instant, oneOf, vocabulary } from '../platform/columns.ts'
import { collections, droppedFileStatuses, quarantineReasons, quarantineStatuses } from './vocabulary.ts'

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

/** Files in the folder of `IMPORT_DIR`: since when each has not changed, how far its import has come, what became of it. */
export const droppedFiles = pgTable(
  'dropped_files',
  {
    id: uuid().primaryKey(),
    collection: vocabulary(collections).notNull(),
    name: text().notNull(),
    /** Size, times and number of the file as last seen: another one means that it was written to. */
    version: text().notNull(),
    foundAt: instant().notNull(),
    unchangedSince: instant().notNull(),
    status: vocabulary(droppedFileStatuses).notNull(),
    bytes: bigint({ mode: 'number' }),
    sha256: text(),
    startedAt: instant(),
    /** Lines or records of it that are committed, and what they came to: where a killed import goes on. */
    recordsDone: integer().notNull(),
    counts: jsonb(),
    /** The first of the records that could not be taken. */
    refused: jsonb().notNull(),
    finishedAt: instant(),
    /** What is written beside it, and under which name both are put away. */
    receipt: jsonb(),
    movedTo: text(),
    movedAt: instant(),
  },
  (table) => [
    oneOf('dropped_files_collection', table.collection, collections),
    oneOf('dropped_files_status', table.status, droppedFileStatuses),
    uniqueIndex('dropped_files_present')
      .on(table.collection, table.name)
      .where(sql`${table.movedAt} is null`),
    index('dropped_files_bytes').on(table.collection, table.sha256),
  ],
)
