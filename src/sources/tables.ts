import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { bytes, instant, oneOf, vocabulary } from '../platform/columns.ts'
import {
  collections,
  droppedFileStatuses,
  intakeOrigins,
  quarantineReasons,
  quarantineStatuses,
  stopReasons,
} from './vocabulary.ts'

/** How far the pulling of a collection has come: kept with each page, so that a killed pull goes on from there. */
export const sourceCheckpoints = pgTable('source_checkpoints', {
  collection: vocabulary(collections).primaryKey(),
  /** Newest `updatedAt` of all complete pulls; the next pull asks from a little before it. */
  watermark: instant(),
  /** The pull under way: what it asked for, the page it has reached, the newest `updatedAt` it has seen. */
  updatedSince: instant(),
  cursor: text(),
  highestUpdatedAt: instant(),
  /** Records that the pull under way has read, also by processes that are gone. */
  walkRecords: integer().notNull().default(0),
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
    /** JSON text of the record as a person put it right, beside what came. */
    correction: text(),
    /** When it was taken from here, or discarded, by whom (null: by itself) and why. */
    settledAt: instant(),
    settledBy: uuid(),
    settleReason: text(),
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
    index('quarantine_settled')
      .on(table.collection, table.settledAt)
      .where(sql`${table.settledAt} is not null`),
    unique('quarantine_one_row_per_record').on(table.collection, table.rawSha256),
  ],
)

/** Bytes as they came from outside, each once whatever number of times they came. */
export const sourceBytes = pgTable(
  'source_bytes',
  {
    sha256: text().primaryKey(),
    size: bigint({ mode: 'number' }).notNull(),
    /** When they last came. */
    storedAt: instant().notNull(),
  },
  (table) => [index('source_bytes_stored').on(table.storedAt)],
)

/** Their parts, each packed by gzip for itself; one after the other they are a gzip file (RFC 1952 2.2). */
export const sourceByteParts = pgTable(
  'source_byte_parts',
  {
    sha256: text()
      .notNull()
      .references(() => sourceBytes.sha256, { onDelete: 'cascade' }),
    part: integer().notNull(),
    packed: bytes().notNull(),
  },
  (table) => [primaryKey({ columns: [table.sha256, table.part] })],
)

/**
 * Each page and each file whose records were taken. All records of a page, and of a file, are received at one moment, so
 * a record leads from its `receivedAt` and `sourceId` to the bytes it came from, without a row for each.
 */
export const sourceIntakes = pgTable(
  'source_intakes',
  {
    id: uuid().primaryKey(),
    collection: vocabulary(collections).notNull(),
    origin: vocabulary(intakeOrigins).notNull(),
    sha256: text()
      .notNull()
      .references(() => sourceBytes.sha256),
    /** The address without its query, or the name of the file. */
    location: text().notNull(),
    /** What a page was asked for, and what followed it. */
    updatedSince: instant(),
    cursor: text(),
    next: text(),
    /** The run of the job that it belongs to. */
    runId: uuid(),
    parserVersion: integer().notNull(),
    receivedAt: instant().notNull(),
    records: integer().notNull(),
    refused: integer().notNull(),
    newestUpdatedAt: instant(),
    /** Whether taking the same bytes by the same parser again would change nothing, whatever came in between. */
    settled: boolean().notNull(),
  },
  (table) => [
    oneOf('source_intakes_collection', table.collection, collections),
    oneOf('source_intakes_origin', table.origin, intakeOrigins),
    index('source_intakes_received').on(table.collection, table.receivedAt),
    index('source_intakes_sha256').on(table.sha256, table.collection),
    index('source_intakes_oldest').on(table.receivedAt),
  ],
)

/** How a source behaves, as all processes know it. */
export const sourceStates = pgTable('source_states', {
  collection: vocabulary(collections).primaryKey(),
  /** Runs that failed one after the other. */
  failures: integer().notNull().default(0),
  /** Before this it is left alone. */
  retryAt: instant(),
  lastError: text(),
  lastFailedAt: instant(),
  /** How many records it is known to have: those it sent first, or all of its last walk from the beginning. */
  heldRecords: integer().notNull().default(0),
  /** How many of them the next pull must see again, since it asks for the last minutes before the watermark. */
  overlapRecords: integer().notNull().default(0),
  /** What a person has found right, so that the next complete walk is not stopped for it. */
  accepted: vocabulary(stopReasons),
})

/** Each time the pulling of a collection was stopped, and how it was resumed. */
export const sourceStops = pgTable(
  'source_stops',
  {
    id: uuid().primaryKey(),
    collection: vocabulary(collections).notNull(),
    reason: vocabulary(stopReasons).notNull(),
    detail: text().notNull(),
    stoppedAt: instant().notNull(),
    runId: uuid(),
    resumedAt: instant(),
    resumedBy: uuid(),
    resumeReason: text(),
  },
  (table) => [
    oneOf('source_stops_collection', table.collection, collections),
    oneOf('source_stops_reason', table.reason, stopReasons),
    uniqueIndex('source_stops_one_open')
      .on(table.collection)
      .where(sql`${table.resumedAt} is null`),
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
