import { date, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { instant } from '../platform/columns.ts'
import { subjects } from '../registry/tables.ts'

/** Honours that authorities have awarded to businesses. */
export const honours = pgTable(
  'honours',
  {
    id: uuid().primaryKey(),
    uscc: text()
      .notNull()
      .references(() => subjects.uscc),
    title: text().notNull(),
    authority: text().notNull(),
    awardedOn: date().notNull(),
    validUntil: date(),
    recordedBy: uuid().notNull(),
    recordedAt: instant().notNull(),
  },
  (table) => [uniqueIndex('honours_awarded_once').on(table.uscc, table.title, table.authority, table.awardedOn)],
)
