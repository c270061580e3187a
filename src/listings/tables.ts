import { sql } from 'drizzle-orm'
import { boolean, date, index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { instant, oneOf, vocabulary } from '../platform/columns.ts'
import { subjects } from '../registry/tables.ts'
import { decisionActions, decisionOrigins, lists, listingStatuses, proposalStatuses } from './vocabulary.ts'

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
    /** Its place in the life of the entry: 1 enters, each that follows was judged by what the one before it left. */
    step: integer().notNull().default(1),
    /** What the rulebook made of the entry by this decision: the end of its term, and the last day it may be shown. */
    expiresOn: date(),
    publishedUntil: date(),
    /** Whether the public may see the entry after this decision. */
    shown: boolean().notNull().default(true),
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
    index('decisions_without_due_day')
      .on(table.id)
      .where(sql`${table.action} = 'enter' and ${table.dueOn} is null`),
    // Two decisions can never both follow the same one: an entry has one state.
    uniqueIndex('decisions_one_after_another').on(table.listingId, table.step),
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
    /** The day on which the term began anew, when an exit got by false material was cancelled (令44 art 20). */
    restartedOn: date(),
    /** Last day on which the entry may be shown; null while no end is known. */
    publishedUntil: date(),
    /** What the feed was last told: false once the entry may no longer be shown. */
    shown: boolean().notNull().default(true),
  },
  (table) => [
    oneOf('listing_entries_list', table.list, lists),
    oneOf('listing_entries_status', table.status, listingStatuses),
    index('listing_entries_uscc').on(table.uscc),
    index('listing_entries_list_newest').on(table.list, table.listedOn, table.id),
    uniqueIndex('listing_entries_one_in_force')
      .on(table.uscc, table.groundCode, sql`coalesce(report_year, 0)`)
      .where(sql`${table.status} = 'in-force'`),
    index('listing_entries_terms')
      .on(table.expiresOn)
      .where(sql`${table.status} = 'in-force' and ${table.expiresOn} is not null`),
    index('listing_entries_shown')
      .on(table.publishedUntil)
      .where(sql`${table.shown} and ${table.publishedUntil} is not null`),
  ],
)

/**
 * The last day on which entering was in time, of decisions that were made before the working days of that year were known:
 * append-only (a trigger refuses anything else), since the decision itself is.
 */
export const dueDateCorrections = pgTable('due_date_corrections', {
  decisionId: uuid()
    .primaryKey()
    .references(() => decisions.id),
  dueOn: date().notNull(),
  recordedAt: instant().notNull(),
})

/** Decisions that staff propose; an approved one is inserted into `decisions` under the same id. */
export const decisionProposals = pgTable(
  'decision_proposals',
  {
    id: uuid().primaryKey(),
    status: vocabulary(proposalStatuses).notNull(),
    action: vocabulary(decisionActions).notNull(),
    list: vocabulary(lists).notNull(),
    uscc: text()
      .notNull()
      .references(() => subjects.uscc),
    /** The entry it concerns; that of an `enter` exists once it is approved. */
    listingId: uuid().notNull(),
    groundCode: text().notNull(),
    reportYear: integer(),
    decisionNumber: text().notNull(),
    authority: text().notNull(),
    decidedOn: date().notNull(),
    dueOn: date(),
    facts: jsonb().notNull(),
    evidence: jsonb().notNull(),
    /** The case as it was proposed: what had happened, for the deadlines that follow from it. */
    history: jsonb().notNull().default([]),
    rulebook: text().notNull(),
    /** The law leaves open which rule applies (rulebook 3.7). */
    manualReview: boolean().notNull(),
    proposedBy: uuid().notNull(),
    proposedAt: instant().notNull(),
    settledBy: uuid(),
    settledAt: instant(),
    rejectionReason: text(),
  },
  (table) => [
    oneOf('decision_proposals_status', table.status, proposalStatuses),
    oneOf('decision_proposals_action', table.action, decisionActions),
    oneOf('decision_proposals_list', table.list, lists),
    index('decision_proposals_uscc').on(table.uscc),
    index('decision_proposals_open')
      .on(table.dueOn, table.id)
      .where(sql`${table.status} = 'proposed'`),
  ],
)

/** The last number given out in a series of decision numbers, e.g. 经异列〔2026〕. */
export const decisionSeries = pgTable('decision_series', {
  series: text().primaryKey(),
  last: integer().notNull(),
})

/** The notice within the 60 days before the third anniversary of an entry (令68 art 15), while there was one. */
export const sixtyDayNotices = pgTable(
  'sixty_day_notices',
  {
    listingId: uuid().primaryKey(),
    uscc: text().notNull(),
    noticedOn: date().notNull(),
    /** The third anniversary, which the notice warns of. */
    anniversaryOn: date().notNull(),
    recordedAt: instant().notNull(),
  },
  (table) => [index('sixty_day_notices_anniversary').on(table.anniversaryOn)],
)
