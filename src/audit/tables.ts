import { bigint, bigserial, index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant, oneOf, vocabulary } from '../platform/columns.ts'
import { outcomes, vias } from './vocabulary.ts'

/**
 * Who did what, when, from where: written in the transaction of what was done, by `recordAudit`. Append-only (a trigger
 * refuses anything else).
 */
export const auditLog = pgTable(
  'audit_log',
  {
    id: uuid().primaryKey(),
    at: instant().notNull(),
    via: vocabulary(vias).notNull(),
    /** No reference: the log outlives what it tells of. */
    partnerId: uuid(),
    keyId: uuid(),
    /** The person, where a key does not say it: the login name on the command line, the subject of the identity provider. */
    person: text(),
    address: text(),
    requestId: text(),
    /** `<type of the object>.<what was done to it>`. */
    action: text().notNull(),
    objectType: text().notNull(),
    objectId: text(),
    outcome: vocabulary(outcomes).notNull(),
    details: jsonb().notNull(),
  },
  (table) => [
    oneOf('audit_log_via', table.via, vias),
    oneOf('audit_log_outcome', table.outcome, outcomes),
    index('audit_log_newest').on(table.at, table.id),
    index('audit_log_partner').on(table.partnerId, table.at, table.id),
    index('audit_log_action').on(table.action, table.at, table.id),
    index('audit_log_object').on(table.objectType, table.objectId, table.at, table.id),
  ],
)

/** The place of each entry in the hash chain, given after its commit. Append-only. */
export const auditChain = pgTable('audit_chain', {
  position: bigint({ mode: 'number' }).primaryKey(),
  entryId: uuid()
    .notNull()
    .unique()
    .references(() => auditLog.id),
  hash: text().notNull(),
})

/** Entries that have no place yet: filled by a trigger on the log, emptied by whoever chains. */
export const auditPending = pgTable('audit_pending', {
  seq: bigserial({ mode: 'number' }).primaryKey(),
  entryId: uuid().notNull(),
})
