import { date, index, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { lists } from '../listings/vocabulary.ts'
import { instant, oneOf, vocabulary } from '../platform/columns.ts'

/** Typical cases (典型案例) that staff publish. Withdrawn ones are kept and shown to nobody. */
export const typicalCases = pgTable(
  'typical_cases',
  {
    id: uuid().primaryKey(),
    list: vocabulary(lists).notNull(),
    groundCode: text().notNull(),
    title: text().notNull(),
    /** Plain paragraphs; `{1}` stands for the first of `businesses`. */
    text: text().notNull(),
    /** Codes of the businesses that the text speaks of. */
    businesses: text().array().notNull(),
    periodFrom: date().notNull(),
    periodTo: date().notNull(),
    publishedBy: uuid().notNull(),
    publishedAt: instant().notNull(),
    changedBy: uuid().notNull(),
    changedAt: instant().notNull(),
    withdrawnAt: instant(),
  },
  (table) => [
    oneOf('typical_cases_list', table.list, lists),
    index('typical_cases_newest').on(table.publishedAt, table.id),
  ],
)
