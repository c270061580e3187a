import { date, index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant, oneOf, vocabulary } from '../platform/columns.ts'
import { subjects } from '../registry/tables.ts'
import { objectionStatuses } from './vocabulary.ts'

/** Objections (异议) of listed businesses against their entries (令68 art 16; 令69 art 19). */
export const objections = pgTable(
  'objections',
  {
    id: uuid().primaryKey(),
    listingId: uuid().notNull(),
    uscc: text()
      .notNull()
      .references(() => subjects.uscc),
    /** As recorded; an upheld one is corrected when its decision is approved. */
    status: vocabulary(objectionStatuses).notNull(),
    filedOn: date().notNull(),
    statement: text().notNull(),
    evidence: jsonb().notNull(),
    /** Why one that was filed late is taken all the same. */
    overrideReason: text(),
    /** Day and reason of acceptance or refusal, then of the final say. */
    answeredOn: date(),
    answerReason: text(),
    decidedOn: date(),
    decisionReason: text(),
    /** The proposed correction that an upheld objection leads to. */
    decisionId: uuid(),
    filedBy: uuid().notNull(),
    answeredBy: uuid(),
    decidedBy: uuid(),
    recordedAt: instant().notNull(),
    changedAt: instant().notNull(),
  },
  (table) => [
    oneOf('objections_status', table.status, objectionStatuses),
    index('objections_listing').on(table.listingId),
    index('objections_uscc').on(table.uscc),
  ],
)
