import { sql } from 'drizzle-orm'
import { check, date, index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant, oneOf, vocabulary } from '../platform/columns.ts'
import { subjects } from '../registry/tables.ts'
import { repairStatuses } from './vocabulary.ts'

/** Applications for an exit from a list, or for an early end of a penalty's publication. */
export const repairs = pgTable(
  'repairs',
  {
    id: uuid().primaryKey(),
    listingId: uuid(),
    penaltyId: uuid(),
    uscc: text()
      .notNull()
      .references(() => subjects.uscc),
    /** As recorded; a granted one is executed when its decision is approved. */
    status: vocabulary(repairStatuses).notNull(),
    filedOn: date().notNull(),
    statement: text().notNull(),
    documents: jsonb().notNull(),
    /** Day and reason of acceptance or refusal, then of the final say. */
    answeredOn: date(),
    answerReason: text(),
    decidedOn: date(),
    decisionReason: text(),
    cancelledOn: date(),
    cancellationReason: text(),
    /** The proposed exit that a granted repair leads to, and the proposed restoration when it is cancelled. */
    decisionId: uuid(),
    restorationId: uuid(),
    filedBy: uuid().notNull(),
    answeredBy: uuid(),
    decidedBy: uuid(),
    recordedAt: instant().notNull(),
    changedAt: instant().notNull(),
  },
  (table) => [
    oneOf('repairs_status', table.status, repairStatuses),
    check('repairs_of_one_thing', sql`num_nonnulls(${table.listingId}, ${table.penaltyId}) = 1`),
    index('repairs_listing').on(table.listingId),
    index('repairs_penalty').on(table.penaltyId),
    index('repairs_uscc').on(table.uscc),
  ],
)
