import { sql } from 'drizzle-orm'
import { date, index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { instant, oneOf, vocabulary } from '../platform/columns.ts'
import { subjects } from '../registry/tables.ts'
import { decisionActions, decisionOrigins, lists, listingStatuses } from './vocabulary.ts'

/** Decisions are facts: append-only (a trigger refuses anything else); entries are derived from them (design rule 4). */
export const decisions = pgTable(
  'decisions',
  {
    id: uuid().primaryKey(),
    action: vocabulary(decisionActions).notNull(),
    origin: vocabulary(decisionOrigins).notNull(),
    list: vocabulary(lists).notNull(),
    uscc: text()
      .notNull()
      .references(() => subjects.uscc),
    listingId: uuid().notNull(),
    groundCode: text().notNull(),
    /** The year whose missing report is the ground; null for grounds that know no year. */
    reportYear: integer(),
    decisionNumber: text().notNull(),
    authority: text().notNull(),
    decidedOn: date().notNull(),
    effectiveOn: date().notNull(),
    /** Last day of the legal deadline of this step; null when the calendar of that year is not loaded. */
    dueOn: date(),
    facts: jsonb().notNull(),
    /** The rulebook version that the decision was made under and keeps. */
    rulebook: text().notNull(),
    recordedAt: instant().notNull(),
  },
  (table) => [
    oneOf('decisions_action', table.action, decisionActions),
    oneOf('decisions_origin', table.origin, decisionOrigins),
    oneOf('decisions_list', table.list, lists),
    // A job enters nobody twice for one year, not even one whom staff have removed or corrected since.
    uniqueIndex('decisions_one_entry_by_job')
      .on(table.uscc, table.groundCode, table.reportYear)
      .where(sql`${table.action} = 'enter' and ${table.origin} = 'job'`),
    index('decisions_listing').on(table.uscc, table.listingId),
  ],
)

/** The two lists as they stand: a projection of the decisions, keyed by the entry's id. */
export const listingEntries = pgTable(
  'listing_entries',
  {
    id: uuid().primaryKey(),
    list: vocabulary(lists).notNull(),
    uscc: text()
      .notNull()
      .references(() => subjects.uscc),
    groundCode: text().notNull(),
    reportYear: integer(),
    authority: text().notNull(),
    decisionNumber: text().notNull(),
    listedOn: date().notNull(),
    status: vocabulary(listingStatuses).notNull(),
    expiresOn: date(),
    removedOn: date(),
    removalReason: text(),
    removalDecisionNumber: text(),
    rulebook: text().notNull(),
  },
  (table) => [
    oneOf('listing_entries_list', table.list, lists),
    oneOf('listing_entries_status', table.status, listingStatuses),
    index('listing_entries_uscc').on(table.uscc),
    index('listing_entries_list_newest').on(table.list, table.listedOn, table.id),
  ],
)
