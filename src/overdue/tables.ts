import { date, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'

/** Steps whose legal deadline had passed on the day of a report, by what they belong to. */
export const overdueSteps = pgTable(
  'overdue_steps',
  {
    reportedOn: date().notNull(),
    /** `decision`, `objection` or `repair`. */
    kind: text().notNull(),
    referenceId: uuid().notNull(),
    uscc: text().notNull(),
    step: text().notNull(),
    dueOn: date().notNull(),
  },
  (table) => [primaryKey({ columns: [table.reportedOn, table.kind, table.referenceId, table.step] })],
)
