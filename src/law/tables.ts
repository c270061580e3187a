import { integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from '../platform/columns.ts'

/** What operators have added to the law as data: append-only (a trigger refuses anything else), numbered without gaps. */
export const rulebookAmendments = pgTable('rulebook_amendments', {
  revision: integer().primaryKey(),
  id: uuid().notNull().unique(),
  /** Rows of the rulebook (`RulebookData`). */
  data: jsonb().notNull(),
  /** Years of the working-day calendar (`YearArrangement` by year). */
  calendar: jsonb().notNull(),
  /** What it rests on, as the operator states it. */
  note: text().notNull(),
  recordedAt: instant().notNull(),
})
