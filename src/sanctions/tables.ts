import { sql } from 'drizzle-orm'
import { boolean, date, index, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { lists } from '../listings/vocabulary.ts'
import { instant, oneOf, vocabulary } from '../platform/columns.ts'
import { liftReasons, orderStatuses, receiptStatuses } from './vocabulary.ts'

/**
 * What an agency has to do about an entry: one row a measure, an agency and a time that the entry took effect. Rows are
 * never deleted. Without foreign keys, which would cost a look-up for each of the ten rows an entry has: the transaction
 * that writes them writes the entry too.
 */
export const sanctionOrders = pgTable(
  'sanction_orders',
  {
    id: uuid().primaryKey(),
    agencyCode: text().notNull(),
    measureCode: text().notNull(),
    listingId: uuid().notNull(),
    list: vocabulary(lists).notNull(),
    uscc: text().notNull(),
    /** As it was when the order went out. */
    name: text().notNull(),
    /** Number of the memorandum it is carried out under; null when none was in force. */
    memorandum: text(),
    imposedOn: date().notNull(),
    until: date(),
    /** `until` is the end of a term of the measure's own, which may outlast the entry. */
    ownTerm: boolean().notNull(),
    recordedAt: instant().notNull(),
    status: vocabulary(orderStatuses).notNull(),
    /** Since when the agency's answer is awaited; the last day for it is derived, as the calendar may be loaded later. */
    awaitedSince: date(),
    receivedOn: date(),
    executedOn: date(),
    liftReason: vocabulary(liftReasons),
    liftRequestedOn: date(),
    liftRecordedAt: instant(),
    liftedOn: date(),
  },
  (table) => [
    oneOf('sanction_orders_list', table.list, lists),
    oneOf('sanction_orders_status', table.status, orderStatuses),
    oneOf('sanction_orders_lift_reason', table.liftReason, liftReasons),
    // A measure is ordered once while it stands; an entry that is restored after its exit is ordered anew.
    uniqueIndex('sanction_orders_one_standing')
      .on(table.listingId, table.measureCode, table.agencyCode)
      .where(sql`${table.liftRequestedOn} is null`),
    index('sanction_orders_agency').on(table.agencyCode, table.status, table.id),
    index('sanction_orders_uscc').on(table.uscc),
    index('sanction_orders_awaited')
      .on(table.status, table.awaitedSince, table.id)
      .where(sql`${table.awaitedSince} is not null`),
    index('sanction_orders_lift_pending')
      .on(table.listingId)
      .where(sql`${table.status} = 'lift-pending'`),
    index('sanction_orders_own_term')
      .on(table.until)
      .where(sql`${table.ownTerm} and ${table.liftRequestedOn} is null`),
  ],
)

/** What agencies answered: append-only (a trigger refuses anything else). An order stands where its receipts put it. */
export const sanctionReceipts = pgTable(
  'sanction_receipts',
  {
    id: uuid().primaryKey(),
    orderId: uuid()
      .notNull()
      .references(() => sanctionOrders.id),
    status: vocabulary(receiptStatuses).notNull(),
    executedOn: date(),
    reference: text(),
    note: text(),
    /** Who answered, and with which key; null for a login without one. */
    partnerId: uuid().notNull(),
    keyId: uuid(),
    recordedAt: instant().notNull(),
  },
  (table) => [
    oneOf('sanction_receipts_status', table.status, receiptStatuses),
    index('sanction_receipts_order').on(table.orderId, table.id),
  ],
)
