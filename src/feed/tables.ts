import { sql } from 'drizzle-orm'
import { bigint, bigserial, boolean, index, json, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from '../platform/columns.ts'

/** Events of committed decisions that have no position yet (design rule 2). Emptied by the sequencer. */
export const feedOutbox = pgTable('feed_outbox', {
  seq: bigserial({ mode: 'number' }).primaryKey(),
  id: uuid().notNull(),
  type: text().notNull(),
  key: text().notNull(),
  uscc: text().notNull(),
  list: text(),
  regionCode: text().notNull(),
  occurredAt: instant().notNull(),
  data: jsonb().notNull(),
})

/**
 * The log: append-only (a trigger refuses anything else), positions contiguous from 1, hash-chained. Partitioned by ranges
 * of positions (docs/decisions/0030); an id is unique in its range.
 */
export const feedEvents = pgTable(
  'feed_events',
  {
    position: bigint({ mode: 'number' }).primaryKey(),
    id: uuid().notNull(),
    type: text().notNull(),
    /** What the event tells the state of (see `PendingEvent`). */
    key: text().notNull(),
    uscc: text().notNull(),
    list: text(),
    regionCode: text().notNull(),
    /** The CloudEvent as it is delivered, `hash` included; `json` and not `jsonb`, so that its text never changes. */
    event: json().notNull(),
    hash: text().notNull(),
    appendedAt: instant().notNull(),
  },
  (table) => [
    index('feed_events_uscc').on(table.uscc, table.position),
    index('feed_events_key').on(table.key, table.position),
    // A reader of a rare type or list finds its events without reading all others.
    index('feed_events_type').on(table.type, table.position),
    index('feed_events_list')
      .on(table.list, table.position)
      .where(sql`${table.list} is not null`),
  ],
)

/** The newest position of the log and its hash: one row, written by a trigger with each append. */
export const feedHead = pgTable('feed_head', {
  only: boolean().primaryKey().default(true),
  position: bigint({ mode: 'number' }).notNull(),
  hash: text().notNull(),
})

/** Full copies of the published lists; the files lie in SNAPSHOT_DIR. One without a manifest is being written, or was. */
export const feedSnapshots = pgTable(
  'feed_snapshots',
  {
    id: uuid().primaryKey(),
    position: bigint({ mode: 'number' }).notNull(),
    createdAt: instant().notNull(),
    /** As it is answered, signature included; `json` and not `jsonb`, so that its text never changes. */
    manifest: json(),
  },
  (table) => [index('feed_snapshots_newest').on(table.createdAt, table.id)],
)
