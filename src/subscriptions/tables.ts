import { sql } from 'drizzle-orm'
import { bigint, bigserial, index, integer, json, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { partners } from '../partners/tables.ts'
import { instant, oneOf, vocabulary } from '../platform/columns.ts'
import { deliveryErrors, deliveryStatuses, pauseReasons, subscriptionStatuses } from './vocabulary.ts'

/** Webhooks. Each reads the log from a position of its own, like every other reader (design rule 3). */
export const subscriptions = pgTable(
  'subscriptions',
  {
    id: uuid().primaryKey(),
    partnerId: uuid()
      .notNull()
      .references(() => partners.id),
    url: text().notNull(),
    types: text().array().notNull(),
    lists: text().array(),
    regionCode: text(),
    status: vocabulary(subscriptionStatuses).notNull(),
    pauseReason: vocabulary(pauseReasons),
    pausedAt: instant(),
    /** Readable, since it signs: whoever reads this table can forge webhooks, though nothing else. Never logged. */
    secret: text().notNull(),
    /** Those it replaced, with the moment until which they sign too. */
    oldSecrets: jsonb().notNull(),
    /** Everything in the log up to here was delivered, or is not asked for. */
    position: bigint({ mode: 'number' }).notNull(),
    /** Failed attempts of the message that stands next. */
    attempts: integer().notNull(),
    nextAttemptAt: instant(),
    /** Counts the changes by its holder, so that a process in the middle of delivering notices. */
    revision: integer().notNull(),
    /** The claim of the process that delivers it now, and until when it need not say so again (by the database's clock). */
    claimedBy: uuid(),
    claimedUntil: instant().notNull().defaultNow(),
    createdAt: instant().notNull(),
  },
  (table) => [
    oneOf('subscriptions_status', table.status, subscriptionStatuses),
    oneOf('subscriptions_pause_reason', table.pauseReason, pauseReasons),
    index('subscriptions_partner').on(table.partnerId, table.id),
  ],
)

/** Messages that are not of the log (alerts of monitors), until they are delivered. */
export const subscriptionMessages = pgTable(
  'subscription_messages',
  {
    seq: bigserial({ mode: 'number' }).primaryKey(),
    subscriptionId: uuid()
      .notNull()
      .references(() => subscriptions.id, { onDelete: 'cascade' }),
    messageId: uuid().notNull(),
    type: text().notNull(),
    /** `json` and not `jsonb`, so that its text never changes. */
    body: json().notNull(),
  },
  (table) => [uniqueIndex('subscription_messages_once').on(table.subscriptionId, table.messageId)],
)

/** What was sent, and what came back: one row a message, and another when it is replayed. */
export const subscriptionDeliveries = pgTable(
  'subscription_deliveries',
  {
    id: uuid().primaryKey(),
    subscriptionId: uuid()
      .notNull()
      .references(() => subscriptions.id, { onDelete: 'cascade' }),
    messageId: uuid().notNull(),
    type: text().notNull(),
    position: bigint({ mode: 'number' }),
    status: vocabulary(deliveryStatuses).notNull(),
    attempts: integer().notNull(),
    responseStatus: integer(),
    error: vocabulary(deliveryErrors),
    durationMs: integer().notNull(),
    firstAttemptAt: instant().notNull(),
    lastAttemptAt: instant().notNull(),
    nextAttemptAt: instant(),
  },
  (table) => [
    oneOf('subscription_deliveries_status', table.status, deliveryStatuses),
    oneOf('subscription_deliveries_error', table.error, deliveryErrors),
    index('subscription_deliveries_newest').on(table.subscriptionId, table.id),
    uniqueIndex('subscription_deliveries_retrying')
      .on(table.subscriptionId, table.messageId)
      .where(sql`status = 'retrying'`),
  ],
)
