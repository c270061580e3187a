import {
  bigint,
  boolean,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { sql } from 'drizzle-orm'
import { instant, oneOf, vocabulary } from '../platform/columns.ts'
import { subjects } from '../registry/tables.ts'
import { penaltyGrades, publicationActions, withdrawalReasons } from './vocabulary.ts'

/** Penalty decisions that are or were published (行政处罚信息公示). */
export const penalties = pgTable(
  'penalties',
  {
    id: uuid().primaryKey(),
    uscc: text()
      .notNull()
      .references(() => subjects.uscc),
    decisionNumber: text().notNull(),
    authority: text().notNull(),
    ground: text().notNull(),
    /** As printed in the decision, e.g. 罚款、没收违法所得. */
    kind: text().notNull(),
    kinds: text().array().notNull(),
    grade: vocabulary(penaltyGrades).notNull(),
    /** Food, drugs or special equipment: a repair may be asked for later (国市监信规〔2021〕3号 art 6). */
    safetyRelated: boolean().notNull(),
    amountFen: bigint({ mode: 'number' }),
    decidedOn: date().notNull(),
    publishedOn: date().notNull(),
    /** The day on which the term began anew, when a repair got by false material was cancelled. */
    restartedOn: date(),
    /** Last day on which it may be shown. */
    publishedUntil: date(),
    /** Whether the public may see it now. */
    shown: boolean().notNull(),
    rulebook: text().notNull(),
    /** Null for one that a source told. */
    recordedBy: uuid(),
    recordedAt: instant().notNull(),
    /** The record of a source that tells it, where one does: a record that changes is followed. */
    sourceId: text(),
    sourceUpdatedAt: instant(),
    sourceReceivedAt: instant(),
  },
  (table) => [
    oneOf('penalties_grade', table.grade, penaltyGrades),
    uniqueIndex('penalties_one_row_a_decision').on(table.uscc, table.authority, table.decisionNumber),
    uniqueIndex('penalties_one_row_a_record').on(table.sourceId),
    index('penalties_shown')
      .on(table.publishedUntil)
      .where(sql`${table.shown}`),
  ],
)

/** What a penalty said before its record changed: append-only (a trigger refuses anything else). */
export const penaltyHistory = pgTable(
  'penalty_history',
  {
    penaltyId: uuid()
      .notNull()
      .references(() => penalties.id),
    knownUntilAt: instant().notNull(),
    /** The fields that are shown. */
    state: jsonb().notNull(),
  },
  (table) => [primaryKey({ columns: [table.penaltyId, table.knownUntilAt] })],
)

/** The life of each publication, append-only: what was shown from when to when, and since when it is known. */
export const penaltyPublications = pgTable(
  'penalty_publications',
  {
    penaltyId: uuid()
      .notNull()
      .references(() => penalties.id),
    step: integer().notNull(),
    action: vocabulary(publicationActions).notNull(),
    effectiveOn: date().notNull(),
    publishedUntil: date(),
    reason: vocabulary(withdrawalReasons),
    note: text(),
    recordedBy: uuid(),
    recordedAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.penaltyId, table.step] }),
    oneOf('penalty_publications_action', table.action, publicationActions),
    oneOf('penalty_publications_reason', table.reason, withdrawalReasons),
  ],
)
